import { describe, expect, it } from '@jest/globals';
import {
  addLevelName,
  disable,
  FATAL,
  getLevelName,
  getLevelNamesMapping,
  getLogger,
  getManager,
  INFO,
  type Logger,
  LoggerAdapter,
  NOTSET,
} from '../../lib/core.js';
import { useRootLines } from '../support/root-lines.js';

const root = useRootLines();

/** Logs one record at each level; its message is the level's name. */
function logAll(logger: Logger | LoggerAdapter): void {
  for (const level of ['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG']) logger.log(level, level);
}

function levelsOf(name: string): string[] {
  return root.lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.split(' ')[1] ?? '');
}

describe('levels of loggers', () => {
  it('hold for each logger by itself, and through an adapter', () => {
    getLogger('errors').setLevel('ERROR');
    const infos = new LoggerAdapter(getLogger('infos'), {});
    infos.setLevel('INFO');
    getLogger('all').setLevel('DEBUG');
    for (const logger of [getLogger('errors'), infos, getLogger('all')]) logAll(logger);
    expect(levelsOf('errors')).toEqual(['CRITICAL', 'ERROR']);
    expect(levelsOf('infos')).toEqual(['CRITICAL', 'ERROR', 'WARNING', 'INFO']);
    expect(levelsOf('all')).toEqual(['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG']);
  });

  it('of a child overrule that of its parent', () => {
    getLogger('shop').setLevel('INFO');
    getLogger('shop.orders').setLevel('ERROR');
    logAll(getLogger('shop.orders'));
    expect(levelsOf('shop.orders')).toEqual(['CRITICAL', 'ERROR']);
  });

  it('come from the nearest logger above that has one', () => {
    getLogger('shop').setLevel('INFO');
    getLogger('shop.orders').setLevel('ERROR');
    logAll(getLogger('shop.carts'));
    logAll(getLogger('shop.orders.paid'));
    expect(levelsOf('shop.carts')).toEqual(['CRITICAL', 'ERROR', 'WARNING', 'INFO']);
    expect(levelsOf('shop.orders.paid')).toEqual(['CRITICAL', 'ERROR']);
  });

  it('pass through a logger that was asked for only after its child', () => {
    const grandchild = getLogger('shop.orders.paid');
    const child = getLogger('shop.orders');
    getLogger('shop').setLevel('INFO');
    logAll(grandchild);
    logAll(child);
    expect(levelsOf('shop.orders.paid')).toEqual(['CRITICAL', 'ERROR', 'WARNING', 'INFO']);
    expect(levelsOf('shop.orders')).toEqual(['CRITICAL', 'ERROR', 'WARNING', 'INFO']);
  });

  it('stay with a logger that nobody refers to any more', () => {
    getLogger().setLevel('INFO');
    getLogger('kept').setLevel('DEBUG');
    getLogger().debug('not shown');
    getLogger('kept').debug('shown');
    expect(root.lines).toEqual(['kept DEBUG shown']);
  });

  it('decide anew at once when a level above, or disable(), changes', () => {
    const child = getLogger('shop.orders');
    getLogger().setLevel('ERROR');
    expect([child.isEnabledFor('ERROR'), child.isEnabledFor('DEBUG')]).toEqual([true, false]);
    getLogger('shop').setLevel('CRITICAL');
    expect([child.getEffectiveLevel(), child.isEnabledFor('ERROR')]).toEqual([50, false]);
    child.setLevel(NOTSET);
    expect([child.isEnabledFor('CRITICAL'), getLogger().isEnabledFor('ERROR')]).toEqual([true, true]);
    disable();
    expect([child, getLogger('shop'), getLogger()].map((logger) => logger.isEnabledFor('CRITICAL'))).toEqual([
      false,
      false,
      false,
    ]);
    expect(child.getEffectiveLevel()).toBe(50);
  });
});

describe('disable()', () => {
  it('takes a number, a name, or nothing for CRITICAL', () => {
    disable(83);
    expect(getManager().disable).toBe(83);
    disable('WARN');
    expect(getManager().disable).toBe(30);
    disable();
    expect(getManager().disable).toBe(50);
  });

  it('refuses what is no level, and leaves what is set', () => {
    disable(7);
    expect(() => disable('nope')).toThrow("disable: unknown level 'nope'");
    expect(() => disable({} as never)).toThrow('a level is an integer or a name, got object');
    expect(getManager().disable).toBe(7);
  });

  it('goes before the level and the state of a logger', () => {
    const logger = getLogger('shop');
    getManager().disable = 23;
    expect([logger.isEnabledFor(22), logger.isEnabledFor(23), logger.isEnabledFor(24)]).toEqual([
      false,
      false,
      true,
    ]);
    logger.disabled = true;
    expect(logger.isEnabledFor(50)).toBe(false);
  });
});

describe('names of levels', () => {
  it('lead to numbers and back', () => {
    expect([getLevelName('INFO'), getLevelName(INFO)]).toEqual([20, 'INFO']);
    expect(getLevelName('FATAL')).toBe(FATAL);
    expect([getLevelName(21), getLevelName('NOPE')]).toEqual(['Level 21', 'Level NOPE']);
  });

  it('may be empty, and leave the others alone', () => {
    addLevelName(INFO, '');
    expect(getLevelName(INFO)).toBe('');
    expect([getLevelName(NOTSET), getLevelName('NOTSET')]).toEqual(['NOTSET', 0]);
  });

  it('are given as a copy', () => {
    const names = getLevelNamesMapping();
    expect(names).toEqual({
      ...{ CRITICAL: 50, FATAL: 50, ERROR: 40, WARN: 30, WARNING: 30, INFO: 20, DEBUG: 10, NOTSET: 0 },
    });
    names.INFO = 99;
    expect(getLevelNamesMapping().INFO).toBe(20);
  });
});
