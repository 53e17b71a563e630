import { describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { ColorFormatter, type ColorFormatterOptions } from '../../lib/formatters/color.formatter.js';
import { supportsColors } from '../../lib/formatters/support/terminal-colors.js';

function line(record: LogRecordOptions, options: ColorFormatterOptions): string {
  return new ColorFormatter(options).format(
    new LogRecord({ name: 'shop', levelno: 20, created: 1704467049.007, msg: 'paid', ...record }),
  );
}

const format = '%(levelname)-8s %(name)s %(message)s';

describe('ColorFormatter', () => {
  it('colours the level, its padding included, and dims time and logger', () => {
    expect(line({}, { colors: true, utc: true })).toBe(
      '\x1b[2m2024-01-05 15:04:09,007\x1b[22m \x1b[32mINFO    \x1b[39m \x1b[2mshop\x1b[22m paid',
    );
  });

  it.each([
    [10, '\x1b[34mDEBUG'],
    [20, '\x1b[32mINFO'],
    [25, '\x1b[32mLevel 25'],
    [30, '\x1b[33mWARNING'],
    [40, '\x1b[31mERROR'],
    [50, '\x1b[41m\x1b[97mCRITICAL'],
  ])('gives level %d its colour', (levelno, start) => {
    expect(line({ levelno }, { colors: true, format: '%(levelname)s' }).startsWith(`${start}\x1b[`)).toBe(
      true,
    );
  });

  it('takes other colours by level name', () => {
    expect(line({}, { colors: true, format: '%(levelname)s', levelColors: { INFO: 'cyan' } })).toBe(
      '\x1b[36mINFO\x1b[39m',
    );
  });

  it('shows the fields that the format does not show behind the message', () => {
    const extra = { user_id: 7, path: '/a', text: 'two words', list: [1, 'x'], gone: undefined, none: null };
    expect(line({ extra }, { colors: false, format: '%(message)s %(user_id)s' })).toBe(
      'paid 7 path=/a text="two words" list=[1,"x"] none=null',
    );
    expect(line({ extra }, { colors: false, format: '%(message)s', showExtra: false })).toBe('paid');
  });

  it('leaves out what the message sums up, unless asked for all of it', () => {
    const record = {
      msg: '%s %d',
      args: ['GET', 200],
      extra: { method: 'GET', status: 200, tenant: 'acme' },
      summarized: new Set(['method', 'status']),
    };
    const options = { colors: false, format: '%(message)s' } as const;
    expect(line(record, options)).toBe('GET 200 tenant=acme');
    expect(line(record, { ...options, showExtra: 'all' })).toBe('GET 200 method=GET status=200 tenant=acme');
  });

  it('leaves out a field that is the error of the traceback, unless asked for all of it', () => {
    const excInfo = new Error('no');
    const record = { excInfo, extra: { err: excInfo, cause: new Error('other'), user_id: 7 } };
    const [first] = line(record, { colors: false, format: '%(message)s' }).split('\n');
    expect(first).toMatch(/^paid cause=\{"name":"Error","message":"other",.* user_id=7$/);
    expect(line(record, { colors: false, format: '%(message)s', showExtra: 'all' })).toMatch(
      /^paid err=\{"name":"Error","message":"no",/,
    );
    // In a worker both are data.
    const sent = {
      excText: 'Error: no\n    at x',
      extra: { err: { message: 'no', stack: 'Error: no\n    at x' } },
    };
    expect(line(sent, { colors: false, format: '%(message)s' })).toBe('paid\nError: no\n    at x');
    const other = { excText: 'Error: no\n    at x', extra: { err: { stack: 'Error: other' } } };
    expect(line(other, { colors: false, format: '%(message)s' })).toMatch(
      /^paid err=\{"stack":"Error: other"\}/,
    );
    // Without a traceback to follow, it is shown.
    const alone = { extra: { err: excInfo } };
    expect(line(alone, { colors: false, format: '%(message)s' })).toMatch(/^paid err=\{/);
  });

  it('leaves out the fields of drop_fields', () => {
    const context = { trace_id: 't-1', request_id: 'r-1' };
    expect(
      line(
        { context, extra: { id: 7 } },
        { colors: false, format: '%(message)s', drop_fields: ['trace_id'] },
      ),
    ).toBe('paid request_id=r-1 id=7');
  });

  it('shows the fields of the context, and dims names', () => {
    const context = Object.freeze({ request_id: 'r-1' });
    expect(line({ context }, { colors: true, format: '%(message)s' })).toBe(
      'paid \x1b[2mrequest_id=\x1b[22mr-1',
    );
  });

  it('puts the traceback below the fields', () => {
    const text = line({ extra: { id: 1 }, excInfo: new Error('boom') }, { colors: false, format });
    expect(text).toMatch(/^INFO {5}shop paid id=1\nError: boom\n {4}at /);
  });

  it('lets nothing that is logged reach the terminal as more than text', () => {
    const evil = '\x1b[31m\x9b2J\u202e';
    const text = line(
      { name: evil, msg: evil, extra: { [evil]: evil, nl: 'a\nINFO forged' } },
      { colors: false, format },
    );
    expect(text).not.toMatch(/[\x1b\x9b\u202e\n]/);
  });

  it('works in all styles, and formats times as any formatter', () => {
    const options = { colors: true, utc: true, datefmt: '%H:%M' } as const;
    expect(line({}, { ...options, style: '{', format: '{asctime} {levelname:>8}' })).toBe(
      '\x1b[2m15:04\x1b[22m \x1b[32m    INFO\x1b[39m',
    );
    expect(line({}, { ...options, style: '$', format: '$levelname $message' })).toBe(
      '\x1b[32mINFO\x1b[39m paid',
    );
  });

  it.each([
    [{ colors: 'yes' }, 'ColorFormatter.colors: expected \'auto\', true or false, got "yes"'],
    [{ levelColors: { INFO: 'pink' } }, 'ColorFormatter.levelColors.INFO: expected one of bold, dim,'],
    [{ color: true }, 'ColorFormatter.color: unknown key; did you mean "colors"?'],
  ])('refuses %j', (options, message) => {
    expect(() => new ColorFormatter(options as never)).toThrow(message);
  });
});

describe('Colours that come by themselves', () => {
  it.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
  ])('with %j: %j', (environment, expected) => {
    expect(supportsColors('stdout', environment)).toBe(expected);
  });
});
