import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ActiveConfig, applyPlan, dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { planConfig } from '../../lib/config/plan/config-plan.js';
import type { Logger } from '../../lib/core/loggers/logger.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { getLoggingStats } from '../../lib/core/reports/logging-stats.js';
import { closeHandlers } from '../../lib/core/shutdown.js';
import { RateLimitFilter, type RateLimitFilterOptions } from '../../lib/filters/rate-limit.filter.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';
import { ListHandler } from '../support/list-handler.js';
import { captureStderr } from '../support/stderr-capture.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
  isolation = isolateLogging();
});
afterEach(async () => {
  jest.useRealTimers();
  await isolation.restore();
});

function setUp(options: RateLimitFilterOptions): {
  logger: Logger;
  handler: ListHandler;
  filter: RateLimitFilter;
} {
  const filter = new RateLimitFilter(options);
  const handler = new ListHandler({ filters: [filter] });
  const logger = getLogger('shop');
  logger.setLevel('DEBUG');
  logger.addHandler(handler);
  return { logger, handler, filter };
}

describe('a flood of one kind', () => {
  it('passes as far as the burst goes, then at the rate', () => {
    const { logger, handler } = setUp({ rate: 2, burst: 3, summaryMs: 1_000_000 });
    for (let index = 0; index < 10; index += 1) logger.info('order %d', index);
    expect(handler.lines).toEqual(['order 0', 'order 1', 'order 2']);
    jest.advanceTimersByTime(1_000);
    for (let index = 10; index < 20; index += 1) logger.info('order %d', index);
    expect(handler.lines).toEqual(['order 0', 'order 1', 'order 2', 'order 10', 'order 11']);
  });

  it('is reported with a count, after the time of a summary', () => {
    const { logger, handler } = setUp({ rate: 0, burst: 1, summaryMs: 5_000 });
    for (let index = 0; index < 42; index += 1) logger.warning('disk %s is slow', index);
    jest.advanceTimersByTime(4_999);
    expect(handler.lines).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(handler.lines.at(-1)).toBe('41 more messages like this were suppressed: disk %s is slow');
    const summary = handler.records.at(-1);
    expect(summary?.extraFields()).toEqual({ repeated: 41 });
    expect([summary?.name, summary?.levelname]).toEqual(['shop', 'WARNING']);
    jest.advanceTimersByTime(60_000);
    expect(handler.lines).toHaveLength(2);
  });

  it('is reported earlier if the kind passes again', async () => {
    const { logger, handler } = setUp({ rate: 1, burst: 1, summaryMs: 60_000 });
    for (let index = 0; index < 5; index += 1) logger.info('tick');
    jest.advanceTimersByTime(1_000);
    logger.info('tick');
    await Promise.resolve();
    expect(handler.lines).toEqual(['tick', 'tick', '4 more messages like this were suppressed: tick']);
  });

  it('does not hold up other kinds: loggers, levels and templates count apart', () => {
    const { logger, handler } = setUp({ rate: 0, burst: 1 });
    const other = getLogger('shop.orders');
    for (let index = 0; index < 3; index += 1) {
      logger.info('a');
      logger.info('b');
      logger.warning('a');
      other.info('a');
    }
    expect(handler.lines).toEqual(['a', 'b', 'a', 'a']);
  });

  it('never suppresses ERROR and above by default', () => {
    const { logger, handler } = setUp({ rate: 0, burst: 1 });
    for (let index = 0; index < 5; index += 1) logger.error('broken');
    expect(handler.lines).toHaveLength(5);
    const strict = setUp({ rate: 0, burst: 1, exemptLevel: null });
    for (let index = 0; index < 5; index += 1) strict.logger.error('broken');
    expect(strict.handler.lines).toHaveLength(1);
  });
});

describe('a message that repeats', () => {
  it('passes once in a time, and is reported when that ends', () => {
    const { logger, handler } = setUp({ rate: 1e6, burst: 1_000, foldMs: 1_000 });
    for (let index = 0; index < 10; index += 1) logger.info('retry of %s', 'db');
    expect(handler.lines).toEqual(['retry of db']);
    jest.advanceTimersByTime(1_000);
    expect(handler.lines.at(-1)).toBe('last message repeated 9 times: retry of db');
    logger.info('retry of %s', 'db');
    expect(handler.lines.at(-1)).toBe('retry of db');
  });

  it('is reported when another comes in between', async () => {
    const { logger, handler } = setUp({ rate: 1e6, burst: 1_000, foldMs: 1_000 });
    for (const name of ['db', 'db', 'cache']) logger.info('retry of %s', name);
    await Promise.resolve();
    expect(handler.lines).toEqual([
      'retry of db',
      'retry of cache',
      'last message repeated 1 time: retry of db',
    ]);
  });
});

describe('one filter in several places', () => {
  it('gives one answer for one record, and reports at each place', () => {
    const filter = new RateLimitFilter({ rate: 0, burst: 2, summaryMs: 100 });
    const handlers = [new ListHandler({ filters: [filter] }), new ListHandler({ filters: [filter] })];
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    for (const handler of handlers) logger.addHandler(handler);
    for (let index = 0; index < 5; index += 1) logger.info('tick');
    jest.advanceTimersByTime(100);
    const expected = ['tick', 'tick', '3 more messages like this were suppressed: tick'];
    expect(handlers.map(({ lines }) => lines)).toEqual([expected, expected]);
  });

  it('works on a logger', () => {
    const handler = new ListHandler();
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    logger.addHandler(handler);
    logger.addFilter(new RateLimitFilter({ rate: 0, burst: 1, summaryMs: 100 }));
    for (let index = 0; index < 4; index += 1) logger.info('tick');
    jest.advanceTimersByTime(100);
    expect(handler.lines).toEqual(['tick', '3 more messages like this were suppressed: tick']);
    expect(getLoggingStats().filteredByLoggers).toBe(3);
  });

  it('has its summary pass the other filters', () => {
    const handler = new ListHandler({
      filters: [new RateLimitFilter({ rate: 0, burst: 1, summaryMs: 100 }), new RedactionFilter()],
    });
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    logger.addHandler(handler);
    for (let index = 0; index < 3; index += 1) logger.info('password=hunter2');
    jest.advanceTimersByTime(100);
    expect(handler.lines.at(-1)).toBe('2 more messages like this were suppressed: password=[REDACTED]');
  });
});

describe('what is suppressed', () => {
  it('counts as filtered', () => {
    const { logger, filter } = setUp({ rate: 0, burst: 5, summaryMs: 100 });
    for (let index = 0; index < 100; index += 1) logger.info('tick');
    jest.advanceTimersByTime(100);
    expect(filter.withheld).toBe(95);
    expect(getLoggingStats().handlers[0]).toMatchObject({ emitted: 101, filtered: 95, delivered: 6 });
  });

  it('is reported to those of its handlers that take records of that level', () => {
    const { logger, handler, filter } = setUp({ rate: 0, burst: 1, summaryMs: 5_000 });
    const errors = new ListHandler({ level: 'ERROR', filters: [filter] });
    logger.addHandler(errors);
    for (let index = 0; index < 3; index += 1) logger.info('tick');
    jest.advanceTimersByTime(5_000);
    expect(handler.lines.at(-1)).toBe('2 more messages like this were suppressed: tick');
    expect(errors.lines).toEqual([]);
  });

  it('is reported to the next handler though one throws', () => {
    const { logger, handler, filter } = setUp({ rate: 0, burst: 1, summaryMs: 5_000 });
    class Broken extends ListHandler {
      override handle(): never {
        throw new Error('broken');
      }
    }
    filter.detached(handler);
    new Broken({ filters: [filter] });
    filter.attached(handler);
    for (let index = 0; index < 3; index += 1) logger.info('tick');
    const { text } = captureStderr(() => jest.advanceTimersByTime(5_000));
    expect(text).toContain('Error: broken');
    expect(handler.lines).toHaveLength(2);
  });

  it('is reported when the handler is closed', async () => {
    const { logger, handler } = setUp({ rate: 0, burst: 1, summaryMs: 60_000 });
    for (let index = 0; index < 3; index += 1) logger.info('tick');
    await closeHandlers([handler]);
    expect(handler.lines.at(-1)).toBe('2 more messages like this were suppressed: tick');
  });

  it('is not reported to a handler that a reload has replaced', async () => {
    class Closing extends ListHandler {}
    const plan = (name: string) =>
      planConfig({
        version: 1,
        filters: { flood: { class: 'RateLimitFilter', rate: 0, burst: 1, summaryMs: 5_000 } },
        handlers: { list: { class: Closing, filters: ['flood'], '.': { label: name } } },
        root: { level: 'INFO', handlers: ['list'] },
      });
    const before = applyPlan(plan('before'));
    const now = applyPlan(plan('now'), { previous: before });
    await now.settled;
    for (let index = 0; index < 3; index += 1) getLogger('shop').info('tick');
    jest.advanceTimersByTime(5_000);
    const linesOf = ({ handlers }: ActiveConfig) => (handlers.get('list') as Closing).lines;
    expect(linesOf(before)).toEqual([]);
    expect(linesOf(now)).toEqual(['tick', '2 more messages like this were suppressed: tick']);
  });

  it('is reported when its kind is forgotten for others, of which so many are remembered', async () => {
    const { logger, handler } = setUp({ rate: 0, burst: 1, maxKeys: 10, summaryMs: 60_000 });
    for (let index = 0; index < 3; index += 1) logger.info('first');
    for (let index = 0; index < 1_000; index += 1) logger.info(`kind ${index}`);
    await Promise.resolve();
    expect(handler.lines).toContain('2 more messages like this were suppressed: first');
    expect(handler.lines).toHaveLength(1_002);
  });
});

it('is named in configurations', () => {
  const lines: string[] = [];
  dictConfig({
    version: 1,
    filters: { flood: { class: 'RateLimitFilter', rate: 0, burst: 2, per: ['logger'] } },
    handlers: {
      list: {
        class: 'StreamHandler',
        stream: { write: (text: string) => lines.push(text) },
        filters: ['flood'],
      },
    },
    root: { level: 'INFO', handlers: ['list'] },
  });
  for (const text of ['a', 'b', 'c']) getLogger('shop').info(text);
  expect(lines).toEqual(['a\n', 'b\n']);
  expect(() => new RateLimitFilter({ burst: 0 })).toThrow(/burst/);
});
