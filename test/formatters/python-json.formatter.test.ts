import { describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import {
  PythonJsonFormatter,
  type PythonJsonFormatterOptions,
} from '../../lib/formatters/python-json.formatter.js';

function line(record: LogRecordOptions, options?: PythonJsonFormatterOptions): string {
  return new PythonJsonFormatter(options).format(
    new LogRecord({ name: 'shop', levelno: 20, created: 1704467049.123, msg: 'paid', ...record }),
  );
}

describe('PythonJsonFormatter', () => {
  it('writes the message and the extra fields, as json.dumps does', () => {
    expect(line({ msg: 'é %d', args: [1], extra: { n: 1.5, tags: ['a', 'b'], o: {} } })).toBe(
      '{"message": "\\u00e9 1", "n": 1.5, "tags": ["a", "b"], "o": {}}',
    );
  });

  it('writes a message that is a proxy, revoked or hostile', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const thrower = () => {
      throw new Error('hostile');
    };
    for (const msg of [proxy, new Proxy({}, { getPrototypeOf: thrower, get: thrower, ownKeys: thrower })])
      expect(typeof JSON.parse(line({ msg })).message).toBe('string');
  });

  it.each<[PythonJsonFormatterOptions]>([
    [{ format: '%(levelname)s - %(name)-10s: %(message)s' }],
    [{ format: '{levelname}{name} {message}', style: '{' }],
    [{ format: '${levelname} $name $$ ${message}', style: '$' }],
    [{ format: 'levelname, name,,message', style: ',' }],
    [{ fmt: ['levelname', 'name', 'message'] }],
  ])('takes the fields from %j', (options) => {
    expect(line({}, options)).toBe('{"levelname": "INFO", "name": "shop", "message": "paid"}');
  });

  it('gives null for a field that there is not', () => {
    expect(line({}, { format: ['nope', 'message'] })).toBe('{"nope": null, "message": "paid"}');
  });

  it('renames fields wherever they come from', () => {
    const options = {
      format: ['levelname', 'message'],
      rename_fields: { levelname: 'level', user_id: 'user', x: 'y' },
    };
    expect(line({ extra: { user_id: 7 } }, options)).toBe('{"level": "INFO", "message": "paid", "user": 7}');
    expect(line({}, { ...options, rename_fields_keep_missing: true })).toBe(
      '{"level": "INFO", "message": "paid", "user": null, "y": null}',
    );
  });

  it('adds defaults first, static fields behind the format, the timestamp last', () => {
    const options = { defaults: { env: 'dev', user_id: 0 }, static_fields: { app: 'shop' }, timestamp: true };
    expect(line({ extra: { user_id: 7, a: 1 } }, options)).toBe(
      '{"env": "dev", "user_id": 7, "message": "paid", "app": "shop", "a": 1, "timestamp": "2024-01-05T15:04:09.123000+00:00"}',
    );
  });

  it('names the timestamp as asked, and leaves out a fraction that is zero, as isoformat does', () => {
    expect(line({ created: 0 }, { timestamp: '@timestamp' })).toBe(
      '{"message": "paid", "@timestamp": "1970-01-01T00:00:00+00:00"}',
    );
  });

  it('formats asctime only where it is listed', () => {
    expect(line({}, { format: '%(asctime)s', datefmt: '%Y', utc: true })).toBe('{"asctime": "2024"}');
  });

  it('writes traceback and stack, as texts or as arrays of their lines', () => {
    const record = { excInfo: new Error('boom'), stackInfo: 'Stack:\n  at x' };
    expect(JSON.parse(line(record))).toMatchObject({
      exc_info: expect.stringMatching(/^Error: boom\n/),
      stack_info: 'Stack:\n  at x',
    });
    const arrays = JSON.parse(line(record, { exc_info_as_array: true, stack_info_as_array: true }));
    expect(arrays.exc_info[0]).toBe('Error: boom');
    expect(arrays.stack_info).toEqual(['Stack:', '  at x']);
  });

  it('takes the entries of a message that is an object for fields', () => {
    const msg = { event: 'paid', exc_info: 'mine' };
    expect(line({ msg, excInfo: new Error('x') })).toBe(
      '{"message": "", "event": "paid", "exc_info": "mine"}',
    );
    expect(msg).toEqual({ event: 'paid', exc_info: 'mine' });
  });

  it('leaves out reserved attributes and private names', () => {
    expect(
      line({ extra: { _private: 1, color_message: 2, a: 3 } }, { reserved_attrs: ['color_message'] }),
    ).toMatch(
      /^\{"message": "paid", "name": "shop", "msg": "paid", "args": \[\], "levelname": "INFO".*"a": 3\}$/,
    );
  });

  it('indents, keeps what is not ASCII, and puts a prefix before it', () => {
    const options = { json_indent: 2, json_ensure_ascii: false, prefix: 'log: ' };
    expect(line({ msg: 'é', extra: { a: [1], e: [] } }, options)).toBe(
      'log: {\n  "message": "é",\n  "a": [\n    1\n  ],\n  "e": []\n}',
    );
  });

  it('writes what JSON has not as the package does', () => {
    const extra = {
      d: new Date(1500),
      e: new TypeError('no'),
      b: Buffer.from([251, 255]),
      c: LogRecord,
      big: 2n ** 70n,
    };
    expect(line({ extra })).toBe(
      '{"message": "paid", "d": "1970-01-01T00:00:01.500000+00:00", "e": "TypeError: no", "b": "-_8=", "c": "LogRecord", "big": 1180591620717411303424}',
    );
  });

  it('is bounded, and says where it cut', () => {
    const text = line({ extra: { a: 'x'.repeat(100_000) } });
    expect(JSON.parse(text)).toMatchObject({ a: 'x'.repeat(65_536), truncated: true });
    expect(JSON.parse(line({ extra: { a: 'x'.repeat(100_000) } }, { json_indent: 4 }))).toMatchObject({
      truncated: true,
    });
  });

  it.each([
    [{ format: 'no fields' }, 'ERR_LOGGING_FORMAT'],
    [{ style: '?' }, 'ERR_LOGGING_OPTIONS'],
    [{ rename: {} }, 'ERR_LOGGING_OPTIONS'],
  ])('refuses %j', (options, code) => {
    expect(() => new PythonJsonFormatter(options as never)).toThrow(expect.objectContaining({ code }));
  });
});
