import { beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter, getLogger, LoggerAdapter, type LogOptions } from '../../lib/core/index.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  seen.setFormatter(new Formatter({ format: '%(a)s %(b)s %(message)s', defaults: { a: '-', b: '-' } }));
  getLogger().addHandler(seen);
  getLogger().setLevel('INFO');
});

describe('a LoggerAdapter', () => {
  it('puts its fields on every record', () => {
    new LoggerAdapter(getLogger('x'), { a: 1 }).info('hello %s', 'bob');
    expect(seen.lines).toEqual(['1 - hello bob']);
  });

  it('replaces the extra of a call, as Python does', () => {
    new LoggerAdapter(getLogger('x'), { a: 1 }).info('hello', { extra: { b: 2 } });
    expect(seen.lines).toEqual(['1 - hello']);
  });

  it('merges it with merge_extra, the call winning', () => {
    const adapter = new LoggerAdapter(getLogger('x'), { a: 1, b: 1 }, { merge_extra: true });
    adapter.info('hello', { extra: { b: 2 } });
    expect(seen.lines).toEqual(['1 2 hello']);
  });

  it('changes messages in process', () => {
    class Prefixed extends LoggerAdapter {
      override process(msg: unknown, options: LogOptions): [unknown, LogOptions] {
        return [`[conn] ${String(msg)}`, options];
      }
    }
    new Prefixed(getLogger('x')).warning('lost %d', 3);
    expect(seen.lines).toEqual(['- - [conn] lost 3']);
  });

  it('does not process what is not enabled', () => {
    let asked = 0;
    class Counting extends LoggerAdapter {
      override process(msg: unknown, options: LogOptions): [unknown, LogOptions] {
        asked += 1;
        return [msg, options];
      }
    }
    new Counting(getLogger('x')).debug('no');
    expect(asked).toBe(0);
  });

  it('keeps the error of exception and of an options object', () => {
    const error = new Error('boom');
    const adapter = new LoggerAdapter(getLogger('x'), { a: 1 });
    adapter.exception('failed', error);
    adapter.error('failed', { excInfo: error });
    expect(seen.records.map((record) => record.excInfo)).toEqual([error, error]);
  });

  it('stands on another adapter', () => {
    const inner = new LoggerAdapter(getLogger('x'), { a: 1 }, true);
    new LoggerAdapter(inner, { b: 2 }, true).info('hello');
    expect(seen.lines).toEqual(['1 2 hello']);
  });
});
