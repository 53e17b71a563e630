import { describe, expect, it } from '@jest/globals';
import { ContextFilter } from '../../lib/context/context.filter.js';
import { runInContext } from '../../lib/context/context.js';
import { isFilterLike } from '../../lib/core/filter-like.js';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { LogRecord } from '../../lib/core/records/log-record.js';

describe('ContextFilter', () => {
  it('puts the fields of the running context on a record, and lets it pass', () => {
    const filter = new ContextFilter();
    const record = new LogRecord({ msg: 'x', extra: { a: 1 } });
    expect(runInContext({ request_id: 'r-1', a: 2 }, () => filter.filter(record))).toBe(true);
    expect(record.extraFields()).toEqual({ request_id: 'r-1', a: 1 });
    expect(new Formatter({ format: '%(request_id)s %(a)s' }).format(record)).toBe('r-1 1');
  });

  it('makes them attributes where the fields are attributes already', () => {
    const record = new LogRecord({ msg: 'x', extra: { a: 1 } }).expose();
    runInContext({ request_id: 'r-1', a: 2 }, () => new ContextFilter().filter(record));
    expect(record.request_id).toBe('r-1');
    expect(record.a).toBe(1);
    expect(record.extraFields()).toEqual({ request_id: 'r-1', a: 1 });
  });

  it('gives records made outside of a context the defaults', () => {
    const record = new LogRecord({ msg: 'x' });
    new ContextFilter({ defaults: { request_id: 'none' } }).filter(record);
    expect(record.attribute('request_id')).toBe('none');
  });

  it('leaves out defaults with the names of attributes', () => {
    const record = new LogRecord({ msg: 'x', name: 'shop' });
    new ContextFilter({ defaults: { msg: 'forged', name: 'other', a: 1 } }).filter(record);
    expect(record.toDict()).toMatchObject({ msg: 'x', name: 'shop', a: 1 });
  });

  it('lets text formats print - for request_id outside of a context', () => {
    const record = new LogRecord({ msg: 'x' });
    expect(new ContextFilter().filter(record)).toBe(true);
    expect(new Formatter({ format: '%(request_id)s' }).format(record)).toBe('-');
  });

  it('leaves the context that a record came with', () => {
    const record = new LogRecord({ msg: 'x', context: Object.freeze({ request_id: 'r-1' }) });
    runInContext({ request_id: 'r-2' }, () => new ContextFilter().filter(record));
    expect(record.attribute('request_id')).toBe('r-1');
  });

  it('is a filter, and refuses options it does not know', () => {
    expect(isFilterLike(new ContextFilter())).toBe(true);
    expect(() => new ContextFilter({ default: {} } as never)).toThrow(
      'ContextFilter.default: unknown key; did you mean "defaults"?',
    );
  });
});
