import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { disable, getLogger, getManager } from 'nestjs-logging/core';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import type { LevelOverlay } from '../../lib/core/loggers/level-overlay.js';

/** DEBUG for `shop`, and level 5 where `isInside` says so. */
class Overlay implements LevelOverlay {
  isInside = false;
  asked = 0;
  effectiveLevel(logger: { name: string }): number {
    return logger.name.startsWith('shop') ? 10 : 30;
  }
  admissionLevel(logger: { name: string }): number {
    return logger.name.startsWith('shop') ? 5 : Number.POSITIVE_INFINITY;
  }
  admits(): boolean {
    this.asked += 1;
    return this.isInside;
  }
}

describe('levels above those of the loggers', () => {
  let isolation: LoggingIsolation;
  let overlay: Overlay;
  beforeEach(() => {
    isolation = isolateLogging();
    overlay = new Overlay();
    getManager().overlay = overlay;
    getManager().refresh();
  });
  afterEach(() => isolation.restore());

  it('decide what is enabled, and setLevel goes on below them', () => {
    const logger = getLogger('shop.orders');
    logger.setLevel('ERROR');
    expect([logger.level, logger.getEffectiveLevel(), logger.isEnabledFor('DEBUG')]).toEqual([40, 10, true]);
    getManager().overlay = undefined;
    getManager().refresh();
    expect([logger.getEffectiveLevel(), logger.isEnabledFor('DEBUG')]).toEqual([40, false]);
  });

  it('are asked only for a call between the two levels', () => {
    const logger = getLogger('shop');
    const handler = new ListHandler();
    logger.addHandler(handler);
    logger.debug('enabled for all');
    logger.log(4, 'enabled for nobody');
    getLogger('other').info('not theirs');
    expect(overlay.asked).toBe(0);
    logger.log(5, 'outside');
    overlay.isInside = true;
    logger.log(5, 'inside');
    expect(overlay.asked).toBeGreaterThan(1);
    expect(handler.records.map(({ msg }) => msg)).toEqual(['enabled for all', 'inside']);
  });

  it('stay below disabled and disable()', () => {
    overlay.isInside = true;
    const logger = getLogger('shop');
    disable(7);
    expect([logger.isEnabledFor(7), logger.isEnabledFor(8), logger.isEnabledFor(10)]).toEqual([
      false,
      true,
      true,
    ]);
    disable('INFO');
    expect([logger.isEnabledFor(10), logger.isEnabledFor(21)]).toEqual([false, true]);
    disable(0);
    logger.disabled = true;
    expect(logger.isEnabledFor(50)).toBe(false);
  });
});

describe('a watcher of records', () => {
  it('sees what passes the filters of loggers, with handlers and without', () => {
    isolateLogging(() => {
      const seen: unknown[] = [];
      getManager().watcher = (record) => seen.push(record.msg);
      const logger = getLogger('shop');
      logger.addHandler(new ListHandler());
      logger.propagate = false;
      logger.addFilter((record) => record.msg !== 'dropped');
      logger.error('kept');
      logger.error('dropped');
      logger.debug('disabled');
      expect(seen).toEqual(['kept']);
    });
  });
});
