import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { getLoggingStats } from '../../lib/core/reports/logging-stats.js';
import { RateLimitFilter } from '../../lib/filters/rate-limit.filter.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { SamplingFilter } from '../../lib/filters/sampling.filter.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';
import { ListHandler } from '../support/list-handler.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

const record = (context: Record<string, unknown> = {}, levelno = 20) =>
  new LogRecord({ msg: 'm', levelno, context });
const ids = Array.from({ length: 5_000 }, (_, index) => `request-${index}`);

describe('sampling', () => {
  it('lets whole requests pass: all records of one id, or none', () => {
    const filter = new SamplingFilter({ ratio: 0.3 });
    for (const request_id of ids.slice(0, 200)) {
      const answers = [1, 2, 3].map(() => filter.filter(record({ request_id })));
      expect(new Set(answers).size).toBe(1);
    }
  });

  it('lets the part pass that was asked for', () => {
    for (const ratio of [0, 0.01, 0.1, 0.5, 1]) {
      const filter = new SamplingFilter({ ratio });
      const passed = ids.filter((request_id) => filter.filter(record({ request_id }))).length;
      expect(Math.abs(passed / ids.length - ratio)).toBeLessThan(0.02);
    }
  });

  it('decides the same in every process, and passes more with a higher ratio', () => {
    const passing = (ratio: number) => {
      const filter = new SamplingFilter({ ratio });
      return ids.filter((trace_id) => filter.filter(record({ trace_id })));
    };
    expect(passing(0.001)).toEqual(['request-1926', 'request-2453', 'request-2906']);
    expect(passing(0.2)).toEqual(expect.arrayContaining(passing(0.1)));
    // In whichever order they come.
    ids.reverse();
    expect(passing(0.001)).toEqual(['request-2906', 'request-2453', 'request-1926']);
    ids.reverse();
  });

  it('goes by the first field that is there', () => {
    const filter = new SamplingFilter({ ratio: 0.5, by: ['trace_id', 'job'] });
    const of = (fields: object) => filter.filter(record(fields as Record<string, unknown>));
    for (const id of ids.slice(0, 50)) expect(of({ trace_id: id, job: 'other' })).toBe(of({ trace_id: id }));
  });

  it('counts off records without an id', () => {
    const filter = new SamplingFilter({ ratio: 0.1 });
    const answers = Array.from({ length: 1_000 }, () => filter.filter(record()));
    expect(answers.filter(Boolean)).toHaveLength(100);
    expect(answers.slice(0, 10)).toEqual([...new Array(9).fill(false), true]);
  });

  it('always lets WARNING and above pass by default', () => {
    expect(new SamplingFilter({ ratio: 0 }).filter(record({}, 30))).toBe(true);
    expect(new SamplingFilter({ ratio: 0, exemptLevel: 'ERROR' }).filter(record({}, 30))).toBe(false);
    expect(new SamplingFilter({ ratio: 0, exemptLevel: null }).filter(record({}, 50))).toBe(false);
  });

  it('counts what it suppresses as filtered', () => {
    const handler = new ListHandler({ filters: [new SamplingFilter({ ratio: 0.25 })] });
    for (let index = 0; index < 100; index += 1) handler.handle(record());
    expect(getLoggingStats()).toMatchObject({ emitted: 100, filtered: 75, delivered: 25 });
  });

  it('needs a ratio between 0 and 1', () => {
    expect(() => new SamplingFilter({ ratio: 2 })).toThrow(/ratio/);
    expect(() => new SamplingFilter({} as never)).toThrow(/ratio/);
  });
});

it.each(['sampling', 'rate'])('a filter behind redaction gives two handlers the same answer: %s', (kind) => {
  const counting =
    kind === 'sampling' ? new SamplingFilter({ ratio: 0.5 }) : new RateLimitFilter({ rate: 0, burst: 3 });
  const lists = [new ListHandler(), new ListHandler()];
  const logger = getLogger('counted');
  for (const list of lists) {
    list.addFilter(new RedactionFilter());
    list.addFilter(counting);
    logger.addHandler(list);
  }
  logger.setLevel('INFO');
  for (let at = 0; at < 6; at += 1) logger.info('token=secret%d', at);
  for (const list of lists) logger.removeHandler(list);
  const [first, second] = lists.map(({ records }) => records.map((record) => record.getMessage()));
  expect(first).toEqual(['token=[REDACTED]', 'token=[REDACTED]', 'token=[REDACTED]']);
  expect(second).toEqual(first);
});

it('the summary of a rate limit behind redaction is no flood itself', () => {
  const list = new ListHandler();
  const limit = new RateLimitFilter({ rate: 0, burst: 1, per: [] });
  list.addFilter(new RedactionFilter());
  list.addFilter(limit);
  const logger = getLogger('summed');
  logger.addHandler(list);
  logger.setLevel('INFO');
  for (let at = 0; at < 3; at += 1) logger.info('token=secret');
  limit.flush();
  limit.flush();
  logger.removeHandler(list);
  expect(list.records.map((record) => record.getMessage())).toEqual([
    'token=[REDACTED]',
    '2 more messages like this were suppressed: token=[REDACTED]',
  ]);
  expect(limit.withheld).toBe(2);
});
