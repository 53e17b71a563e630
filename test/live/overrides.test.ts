import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { dictConfig, getLogger, getManager, LoggingError } from 'nestjs-logging/core';
import {
  endOverride,
  explainLevel,
  listOverrides,
  type OverrideChange,
  onOverrideChange,
  overrideLevel,
} from 'nestjs-logging/live';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { compiledProgram } from '../support/compiled-sources.js';

let isolation: LoggingIsolation;
let output: ListHandler;
beforeEach(() => {
  isolation = isolateLogging();
  output = new ListHandler();
  getLogger().addHandler(output);
});
afterEach(() => {
  for (const { id } of listOverrides()) endOverride(id);
  return isolation.restore();
});

const audit = () => output.records.filter(({ name }) => name === 'nestjs_logging.live');
const levelOf = (name: string) => getLogger(name).getEffectiveLevel();

describe('an override', () => {
  it('sets a level at once and gives it back when it is ended', () => {
    const orders = getLogger('shop.orders');
    orders.setLevel('ERROR');
    const handle = overrideLevel('shop.orders', 'debug', { for: '15m', reason: 'orders fail', by: 'anna' });
    expect([levelOf('shop.orders'), orders.level, orders.isEnabledFor('DEBUG')]).toEqual([10, 40, true]);
    expect(handle.isActive).toBe(true);
    handle.end('bert');
    expect([levelOf('shop.orders'), orders.isEnabledFor('WARNING'), handle.isActive]).toEqual([
      40,
      false,
      false,
    ]);
    expect(getManager().overlay).toBeUndefined();
  });

  it('lets what was changed in between show through when it ends', () => {
    const handle = overrideLevel('shop', 'DEBUG');
    getLogger('shop').setLevel('CRITICAL');
    expect(levelOf('shop')).toBe(10);
    dictConfig({ version: 1, loggers: { shop: { level: 'ERROR' } }, disable_existing_loggers: false });
    expect(levelOf('shop')).toBe(10);
    handle.end();
    expect(levelOf('shop')).toBe(40);
  });

  it('holds below its logger, up to loggers with a level of their own', () => {
    getLogger('shop.mail').setLevel('ERROR');
    overrideLevel('shop', 'DEBUG');
    expect([levelOf('shop.orders.items'), levelOf('shop.mail.queue'), levelOf('other')]).toEqual([
      10, 40, 30,
    ]);
  });

  it('may name a logger that nobody has asked for', () => {
    const items = getLogger('shop.orders.items');
    const handle = overrideLevel('shop.orders', 'DEBUG');
    expect(
      [...getManager().loggerDict].filter(([, entry]) => 'info' in entry).map(([name]) => name),
    ).not.toContain('shop.orders');
    expect(items.getEffectiveLevel()).toBe(10);
    expect(levelOf('shop.orders')).toBe(10);
    handle.end();
    expect(items.getEffectiveLevel()).toBe(30);
  });

  it('holds for loggers that are made while it is valid', () => {
    overrideLevel('root', 'DEBUG');
    expect(getLogger('later.on').isEnabledFor('DEBUG')).toBe(true);
  });

  it('silences with OFF, and takes the level of the logger above with NOTSET', () => {
    getLogger('shop').setLevel('DEBUG');
    overrideLevel('shop', 'OFF');
    getLogger('shop').critical('no');
    expect(getLogger('shop').isEnabledFor(50)).toBe(false);
    overrideLevel('shop', 'NOTSET');
    expect(levelOf('shop')).toBe(30);
  });

  it('decides until the next one, also where both are made in the same millisecond', () => {
    for (let level = 11; level < 60; level += 1) {
      const { override } = overrideLevel('shop', level);
      expect([levelOf('shop'), listOverrides()[0]]).toEqual([level, override]);
    }
  });

  it('says why a logger has its level', () => {
    const { override } = overrideLevel('shop', 'DEBUG', { reason: 'r' });
    expect(explainLevel('shop.orders')).toEqual({ level: 10, levelOf: 'shop', override });
    expect(explainLevel('other')).toEqual({ level: 30, levelOf: 'root', override: undefined });
  });

  it('ends with `using`', () => {
    {
      using _handle = overrideLevel('shop', 'DEBUG');
      expect(levelOf('shop')).toBe(10);
    }
    expect(levelOf('shop')).toBe(30);
  });
});

describe('of several overrides of one logger', () => {
  const config = { version: 1 as const, groups: { web: ['shop', 'nest.server'] }, loggers: {} };

  it('the newest decides, and the one before shows through when it ends', () => {
    const first = overrideLevel('shop', 'DEBUG');
    const second = overrideLevel('shop', 'ERROR');
    expect(levelOf('shop')).toBe(40);
    second.end();
    expect(levelOf('shop')).toBe(10);
    first.end();
    expect(levelOf('shop')).toBe(30);
  });

  it('one of this instance decides before one of all, whichever is newer', () => {
    overrideLevel('shop', 'ERROR', { scope: 'instance' });
    overrideLevel('shop', 'DEBUG');
    expect(levelOf('shop')).toBe(40);
  });

  it('one of the logger decides before one of its group', () => {
    dictConfig(config);
    overrideLevel('shop', 'ERROR');
    overrideLevel('web', 'DEBUG');
    expect([levelOf('shop'), levelOf('nest.server')]).toEqual([40, 10]);
  });

  it('one of another instance decides nothing here, and is listed', () => {
    overrideLevel('shop', 'DEBUG', { scope: { instance: 'another' } });
    overrideLevel('shop', 'DEBUG', { scope: { label: 'region', value: 'eu' } });
    expect(levelOf('shop')).toBe(30);
    expect(
      listOverrides()
        .map(({ scope }) => scope.kind)
        .sort(),
    ).toEqual(['instance', 'label']);
  });

  it('a group has the members that the configuration gives it by now', () => {
    dictConfig(config);
    overrideLevel('web', 'DEBUG');
    dictConfig({ ...config, groups: { web: ['mail'] } });
    expect([levelOf('shop'), levelOf('mail')]).toEqual([30, 10]);
  });
});

describe('the end of an override', () => {
  it('comes by itself, within a second, with a record', async () => {
    const { override } = overrideLevel('shop', 'DEBUG', { for: '150ms', by: 'anna', reason: 'orders fail' });
    while (levelOf('shop') === 10) await sleep(5);
    const lateMs = Date.now() - override.expiresAt;
    expect(levelOf('shop')).toBe(30);
    expect(lateMs).toBeGreaterThanOrEqual(-1);
    expect(lateMs).toBeLessThan(1_000);
    expect(audit().map((record) => record.getMessage())).toEqual([
      expect.stringMatching(/^level of shop is DEBUG until \d{4}-.*Z, set by anna: orders fail$/),
      'level of shop is no longer DEBUG: expired',
    ]);
  });

  it('comes after a number of records that only it let through', () => {
    overrideLevel('shop', 'DEBUG', { budget: 2 });
    const logger = getLogger('shop.orders');
    logger.error('would be logged anyway');
    logger.isEnabledFor('DEBUG');
    for (const n of [1, 2, 3]) logger.debug('%d', n);
    expect(
      output.records.filter(({ name }) => name === 'shop.orders').map((record) => record.getMessage()),
    ).toEqual(['would be logged anyway', '1', '2']);
    expect(listOverrides()).toEqual([]);
    expect(audit().at(-1)?.getMessage()).toBe('level of shop is no longer DEBUG: its records are used up');
    expect(getManager().watcher).toBeUndefined();
  });

  it('keeps no process alive', () => {
    const program = compiledProgram(
      `import { overrideLevel } from 'nestjs-logging/live'; overrideLevel('shop', 'DEBUG', { for: '1h' });`,
    );
    expect(spawnSync(process.execPath, [program], { timeout: 15_000 }).status).toBe(0);
  });
});

describe('the audit', () => {
  it('has who, what, why and until when as fields', () => {
    const { override } = overrideLevel('shop', 'DEBUG', { by: 'anna', reason: 'why', budget: 5 });
    endOverride(override.id, 'bert');
    expect(audit().map((record) => record.extraFields())).toEqual([
      expect.objectContaining({
        event: 'override set',
        override_id: override.id,
        target: 'shop',
        override_level: 'DEBUG',
        scope: 'all',
        until: new Date(override.expiresAt).toISOString(),
        by: 'anna',
        reason: 'why',
        budget: 5,
      }),
      expect.objectContaining({ event: 'override ended', cause: 'ended', by: 'bert' }),
    ]);
  });

  it('cannot be silenced by an override', () => {
    overrideLevel('root', 'OFF', { by: 'mallory' });
    overrideLevel('nestjs_logging.live', 'OFF');
    overrideLevel('nestjs_logging', 'OFF');
    expect(audit()).toHaveLength(3);
  });

  it('is the configuration’s to silence', () => {
    getLogger('nestjs_logging.live').setLevel('ERROR');
    overrideLevel('shop', 'DEBUG');
    expect(audit()).toEqual([]);
  });

  it('comes with a hook, whose failure stops nothing', () => {
    const changes: OverrideChange[] = [];
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const undo = [
      onOverrideChange(() => {
        throw new Error('hook');
      }),
      onOverrideChange((change) => changes.push(change)),
    ];
    overrideLevel('shop', 'DEBUG').end('anna');
    for (const each of undo) each();
    overrideLevel('shop', 'INFO');
    stderr.mockRestore();
    expect(changes.map(({ kind, cause, by }) => [kind, cause, by])).toEqual([
      ['set', undefined, undefined],
      ['end', 'ended', 'anna'],
    ]);
  });
});

describe('what is refused', () => {
  const wrong: [what: string, attempt: () => unknown, code: string, text: string][] = [
    [
      'an unknown level',
      () => overrideLevel('a', 'DEBGU'),
      'ERR_LOGGING_UNKNOWN_LEVEL',
      'did you mean "DEBUG"',
    ],
    [
      'a duration without a unit',
      () => overrideLevel('a', 10, { for: '15' }),
      'ERR_LOGGING_OPTIONS',
      'with a unit',
    ],
    [
      'more than a week',
      () => overrideLevel('a', 10, { for: '8d' }),
      'ERR_LOGGING_OPTIONS',
      'longer than 7 days',
    ],
    ['no time', () => overrideLevel('a', 10, { for: '0s' }), 'ERR_LOGGING_OPTIONS', 'more than nothing'],
    [
      'a misspelt option',
      () => overrideLevel('a', 10, { resaon: '' } as never),
      'ERR_LOGGING_OPTIONS',
      'reason',
    ],
    ['no name', () => overrideLevel('', 10), 'ERR_LOGGING_OPTIONS', 'name'],
    ['a name with a newline', () => overrideLevel('a\nb', 10), 'ERR_LOGGING_OPTIONS', 'name'],
    ['a long name', () => overrideLevel('a'.repeat(257), 10), 'ERR_LOGGING_OPTIONS', '256'],
    ['a budget of nothing', () => overrideLevel('a', 10, { budget: 0 }), 'ERR_LOGGING_OPTIONS', 'budget'],
  ];
  it.each(wrong)('%s', (_what, attempt, code, text) => {
    expect(attempt).toThrow(LoggingError);
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
    expect(listOverrides()).toEqual([]);
  });

  it('more than 1,000 at a time', () => {
    getLogger('nestjs_logging.live').setLevel('ERROR');
    for (let n = 0; n < 1_000; n += 1) overrideLevel(`logger${n}`, 'DEBUG');
    expect(() => overrideLevel('one more', 'DEBUG')).toThrow('1000 overrides are valid; end some');
  });

  it('names of what objects inherit are names like any other', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) overrideLevel(name, 'DEBUG');
    expect(levelOf('__proto__')).toBe(10);
    expect(({} as { level?: unknown }).level).toBeUndefined();
  });
});
