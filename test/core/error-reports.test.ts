import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setRaiseExceptions } from '../../lib/core/last-resort.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { reportLoggingError } from '../../lib/core/reports/diagnostics.js';
import {
  getLoggingErrors,
  type LoggingErrorReport,
  onLoggingError,
} from '../../lib/core/reports/error-reports.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';
import { ListHandler } from '../support/list-handler.js';
import { collectStderr } from '../support/stderr-collector.js';

let isolation: LoggingIsolation;
let stderr: ReturnType<typeof collectStderr>;
let seen: LoggingErrorReport[];
let stop: () => void;
beforeEach(() => {
  isolation = isolateLogging();
  stderr = collectStderr();
  seen = [];
  stop = onLoggingError((error) => seen.push(error));
});
afterEach(async () => {
  stop();
  stderr.stop();
  await isolation.restore();
});

const source = { toString: () => '<FileHandler app.log>' };
const diskFull = () => Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' });

describe('an error inside logging', () => {
  it('is reported and remembered, with what failed and why', () => {
    reportLoggingError(source, new LogRecord({ name: 'shop', msg: 'm' }), diskFull());
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      ...{ source: '<FileHandler app.log>', type: 'Error', message: 'ENOSPC: no space' },
      ...{ code: 'ENOSPC', logger: 'shop', count: 1 },
    });
    expect(getLoggingErrors().at(-1)).toBe(seen[0]);
  });

  it('is counted and reported each time, though it is printed once', () => {
    for (let index = 0; index < 50; index += 1) reportLoggingError(source, undefined, diskFull());
    expect(seen).toHaveLength(50);
    const last = getLoggingErrors().at(-1);
    expect((last?.count ?? 0) - (seen[0]?.count ?? 0)).toBe(49);
    expect(getLoggingErrors().filter(({ code }) => code === 'ENOSPC')).toHaveLength(1);
    expect(stderr.text.match(/--- Logging error ---/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it('is reported where nothing is printed', () => {
    setRaiseExceptions(false);
    reportLoggingError({}, undefined, new Error('quiet'));
    expect(stderr.text).toBe('');
    expect(seen.at(-1)?.message).toBe('quiet');
  });

  it('leaves room for others: the last 100 are remembered', () => {
    for (let index = 0; index < 250; index += 1)
      reportLoggingError(source, undefined, new Error(`error ${index}`));
    expect(getLoggingErrors()).toHaveLength(100);
    expect(getLoggingErrors()[0]?.message).toBe('error 150');
  });

  it('is never a record, and a listener that logs does not start a circle', () => {
    const logger = getLogger('shop');
    const broken = new ListHandler({
      formatter: {
        format: () => {
          throw new Error('broken');
        },
      },
    });
    logger.addHandler(broken);
    const undo = onLoggingError(() => logger.error('an error'));
    logger.error('first');
    undo();
    expect(seen.filter(({ message }) => message === 'broken')).toHaveLength(1);
    expect(broken.records).toHaveLength(1);
  });

  it('does not mind listeners that throw', () => {
    const undo = onLoggingError(() => {
      throw new Error('listener');
    });
    expect(() => reportLoggingError(source, undefined, new Error('x'))).not.toThrow();
    undo();
  });
});

describe('what is printed and reported of an error', () => {
  const ESC = '\u001b[31m';
  const BELL = '\u009b31m';

  it('holds no control characters, wherever they came from', () => {
    const record = new LogRecord({
      name: `shop${ESC}\nforged`,
      msg: `msg${ESC}\n%d ${BELL}`,
      args: [`arg${ESC}\n\u202e`],
    });
    const error = Object.assign(new Error(`error${ESC}\u202e`), { code: `code${ESC}` });
    reportLoggingError({ toString: () => `<Handler${ESC}\nforged>` }, record, error);
    expect(stderr.text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(stderr.text).not.toMatch(/^forged/m);
    expect(JSON.stringify(seen)).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]|\\u00/);
  });

  it('contains no secrets that can be recognised', () => {
    const record = new LogRecord({
      name: 'shop',
      msg: 'login password=hunter2 %d',
      args: ['Bearer abcdef123456'],
    });
    reportLoggingError(source, record, new Error('connect postgres://ada:hunter2@db failed'));
    expect(stderr.text).toContain('--- Logging error ---');
    expect(stderr.text + JSON.stringify(seen)).not.toMatch(/hunter2|abcdef123456/);
  });

  it('is something, whatever was thrown', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = {
      toString: () => {
        throw new Error('no');
      },
      get code(): string {
        throw new Error('no');
      },
    };
    for (const thrown of [undefined, null, 0, 'text', Symbol('s'), proxy, hostile]) {
      expect(() => reportLoggingError(source, undefined, thrown)).not.toThrow();
    }
    expect(seen).toHaveLength(7);
  });
});
