import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Handler } from '../../lib/core/handler.js';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { reportLoggingError } from '../../lib/core/reports/diagnostics.js';
import { announceLosses } from '../../lib/core/reports/loss-announcer.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';
import { ListHandler } from '../support/list-handler.js';
import { collectStderr } from '../support/stderr-collector.js';

/** Loses every record, and says so. */
class Lossy extends Handler {
  dropped = 0;
  readonly seen: string[] = [];
  get stats() {
    return {
      emitted: this.dropped,
      delivered: 0,
      queued: 0,
      dropped: this.dropped,
      droppedBy: { overflow: this.dropped },
    };
  }
  emit(record: LogRecord): void {
    this.dropped += 1;
    this.seen.push(record.getMessage());
    reportLoggingError(this, undefined, new Error('the queue is full'));
  }
}

let isolation: LoggingIsolation;
let stderr: ReturnType<typeof collectStderr>;
let lossy: Lossy;
let console: ListHandler;
beforeEach(() => {
  jest.useFakeTimers();
  isolation = isolateLogging();
  stderr = collectStderr();
  lossy = new Lossy();
  lossy.name = 'network';
  console = new ListHandler();
  getRootLogger().addHandler(lossy);
  getRootLogger().addHandler(console);
});
afterEach(async () => {
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
  stderr.stop();
  await isolation.restore();
});

const announcements = () =>
  console.records.filter(({ levelname, name }) => name === 'nestjs_logging' && levelname === 'WARNING');

describe('records that are lost', () => {
  it('are announced by a warning through another handler', () => {
    for (let index = 0; index < 7; index += 1) getLogger('shop').warning('m');
    expect(announcements()).toEqual([]);
    jest.advanceTimersByTime(11_000);
    const [record] = announcements();
    expect(record?.getMessage()).toBe("7 records lost by <Lossy 'network' (NOTSET)>, 7 in all");
    expect(record?.extraFields()).toEqual({ handler: 'network', lost: 7, dropped_by: { overflow: 7 } });
    expect(lossy.seen).toHaveLength(7);
  });

  it('are announced every 10 s at most, and only if there are more', () => {
    for (let second = 0; second < 60; second += 1) {
      getLogger('shop').warning('m');
      jest.advanceTimersByTime(1_000);
    }
    jest.advanceTimersByTime(20_000);
    const count = announcements().length;
    expect(count).toBeGreaterThanOrEqual(5);
    expect(count).toBeLessThanOrEqual(7);
    const lost = announcements().map((record) => record.attribute('lost') as number);
    expect(lost.reduce((sum, each) => sum + each, 0)).toBe(60);
    jest.advanceTimersByTime(60_000);
    expect(announcements()).toHaveLength(count);
  });

  it('are not announced through the one that loses them, nor below a level', () => {
    getRootLogger().removeHandler(console);
    getLogger('shop').warning('m');
    expect(announceLosses()).toBe(true);
    expect(lossy.seen).toEqual(['m']);
    getRootLogger().addHandler(console);
    getRootLogger().setLevel('ERROR');
    getLogger('shop').error('m');
    announceLosses();
    expect(announcements()).toEqual([]);
  });

  it('are announced by the logger nestjs_logging, where one is configured', () => {
    const own = new ListHandler();
    getLogger('nestjs_logging').addHandler(own);
    getLogger('nestjs_logging').propagate = false;
    getLogger('shop').warning('m');
    announceLosses();
    expect(own.records).toHaveLength(1);
    expect(announcements()).toEqual([]);
  });
});

describe('a logger whose methods are wrong', () => {
  const { filter, isEnabledFor } = getRootLogger();
  afterEach(() => {
    Reflect.deleteProperty(getRootLogger(), 'filter');
    Reflect.deleteProperty(getRootLogger(), 'isEnabledFor');
    expect([getRootLogger().filter, getRootLogger().isEnabledFor]).toEqual([filter, isEnabledFor]);
  });
  const broken = () => {
    throw new Error('broken');
  };

  it.each(['filter', 'isEnabledFor'])('does not end the process, whose timer announces: %s', (method) => {
    getLogger('shop').warning('m');
    Object.defineProperty(getRootLogger(), method, { value: broken, configurable: true });
    expect(() => announceLosses()).not.toThrow();
    expect(announcements()).toHaveLength(method === 'filter' ? 0 : 1);
  });

  it('passes the record where its filter returns true', () => {
    getLogger('shop').warning('m');
    Object.defineProperty(getRootLogger(), 'filter', { value: () => true, configurable: true });
    announceLosses();
    expect(announcements().map((record) => record.getMessage())).toEqual([
      expect.stringMatching(/^1 records lost/),
    ]);
  });
});
