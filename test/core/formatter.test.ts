import { describe, expect, it } from '@jest/globals';
import { BufferingFormatter } from '../../lib/core/formatting/buffering-formatter.js';
import { Formatter, type FormatterOptions } from '../../lib/core/formatting/formatter.js';
import { gmtime, localtime } from '../../lib/core/formatting/record-clock.js';
import { findIssues } from '../../lib/core/options.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';

/** 2024-01-05T15:04:09.007Z. */
const CREATED = 1704467049.007;

function record(options: LogRecordOptions = {}): LogRecord {
  return new LogRecord({ name: 'shop.orders', levelno: 30, created: CREATED, msg: 'paid', ...options });
}

function text(options: FormatterOptions, given: LogRecordOptions = {}): string {
  return new Formatter(options).format(record(given));
}

describe('Formatter', () => {
  it.each<[FormatterOptions, string]>([
    [{}, 'paid'],
    [{ format: '%(levelname)-8s|%(name)s|%(message)s' }, 'WARNING |shop.orders|paid'],
    [{ fmt: '%(levelno)03d' }, '030'],
    [{ format: '{levelname:>8} {message!r}', style: '{' }, " WARNING 'paid'"],
    [{ format: '$levelname ${message}', style: '$' }, 'WARNING paid'],
    [{ format: '%(asctime)s', utc: true }, '2024-01-05 15:04:09,007'],
    [{ format: '%(asctime)s', utc: true, datefmt: '%d/%b/%Y %Z' }, '05/Jan/2024 GMT'],
    [{ format: '%(ip)s %(user_id)d', defaults: { ip: '-', user_id: 0 } }, '- 7'],
    [{ format: null, datefmt: null, defaults: null }, 'paid'],
  ])('with %j gives %j', (options, line) => {
    expect(text(options, { extra: { user_id: 7 } })).toBe(line);
  });

  it('adds the traceback, then the stack, each on lines of its own', () => {
    const error = new Error('boom');
    expect(text({ format: '%(message)s' }, { excInfo: error, stackInfo: 'Stack:\n  at x' })).toBe(
      `paid\n${error.stack}\nStack:\n  at x`,
    );
    expect(text({ sanitize: 'none' }, { msg: 'paid\n', stackInfo: 'Stack' })).toBe('paid\nStack');
  });

  it('formats the traceback of a record once, and each formatter with a way of its own that way', () => {
    const calls: unknown[] = [];
    class Brief extends Formatter {
      override formatException(error: unknown): string {
        calls.push(error);
        return 'brief';
      }
    }
    const one = record({ excInfo: new Error('boom') });
    const brief = new Brief();
    expect([brief.format(one), brief.format(one)]).toEqual(new Array(2).fill('paid\nbrief'));
    expect(calls).toHaveLength(1);
    expect(one.excText).toBe('brief');
    expect(new Formatter().format(one)).toMatch(/^paid\nError: boom\n/);
  });

  it('formats the time only where the format has it, and leaves it on the record', () => {
    const one = record();
    expect(new Formatter().usesTime()).toBe(false);
    new Formatter().format(one);
    expect(one.asctime).toBeUndefined();
    const formatter = new Formatter({ format: '{asctime:.4}', style: '{', utc: true });
    expect(formatter.usesTime()).toBe(true);
    expect(formatter.format(one)).toBe('2024');
    expect([one.asctime, one.message]).toEqual(['2024-01-05 15:04:09,007', 'paid']);
  });

  it('has Python’s hooks for the default time', () => {
    const formatter = new Formatter({ format: '%(asctime)s', utc: true });
    formatter.default_time_format = '%H:%M:%S';
    formatter.default_msec_format = '%s.%06d';
    expect(formatter.format(record())).toBe('15:04:09.000007');
    formatter.default_msec_format = null;
    expect(formatter.format(record())).toBe('15:04:09');
    expect(formatter.formatTime(record(), '%M')).toBe('04');
  });

  it('takes a converter: for all formatters, for a class, or for one', () => {
    const time = (formatter: Formatter) => formatter.format(record({ created: 0.5 }));
    const options = { format: '%(asctime)s', datefmt: '%Y %H:%M:%S' };
    const formatter = new Formatter(options);
    class Yesterday extends Formatter {
      static override converter = (seconds: number) => gmtime(seconds - 86_400);
    }
    try {
      Formatter.converter = gmtime;
      expect(time(formatter)).toBe('1970 00:00:00');
      formatter.converter = (seconds) => gmtime(seconds + 3600);
      expect(time(formatter)).toBe('1970 01:00:00');
      expect(time(new Yesterday(options))).toBe('1969 00:00:00');
    } finally {
      Formatter.converter = localtime;
    }
  });

  it('throws at each record for a field that is not there, or a format that was not validated', () => {
    expect(() => text({ format: '%(nope)s' })).toThrow("Formatting field not found in record: 'nope'");
    expect(() => text({ format: '%(nope', validate: false })).toThrow(/incomplete format/);
  });

  it('reads no inherited property, whatever the name', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(() => text({ format: `%(${name})s` })).toThrow('Formatting field not found');
    }
  });

  it('calls what is derived from it and overrides a part', () => {
    class Shouting extends Formatter {
      override formatMessage(one: LogRecord): string {
        return super.formatMessage(one).toUpperCase();
      }
    }
    expect(new Shouting({ format: '%(name)s' }).format(record())).toBe('SHOP.ORDERS');
  });

  it('may be asked again by a value whose text is logged through it', () => {
    const inner: string[] = [];
    const formatter: Formatter = new Formatter({
      format: '{value!s:{width}}|{message}',
      style: '{',
      defaults: { width: '6' },
    });
    class Loud {
      toString() {
        inner.push(formatter.format(record({ msg: 'inner', extra: { value: 'x', width: '3' } })));
        return 'loud';
      }
    }
    expect(formatter.format(record({ msg: 'outer', extra: { value: new Loud() } }))).toBe('loud  |outer');
    expect(inner).toEqual(['x  |inner']);
  });
});

describe('The options of a Formatter', () => {
  it.each([
    [{ formt: 'x' }, 'ERR_LOGGING_OPTIONS', 'Formatter.formt: unknown key; did you mean "format"?'],
    [{ style: '?' }, 'ERR_LOGGING_OPTIONS', "Formatter.style: expected '%', '{' or '$', got \"?\""],
    [
      { sanitize: 'off' },
      'ERR_LOGGING_OPTIONS',
      "Formatter.sanitize: expected 'escape', 'line' or 'none', got \"off\"",
    ],
    [{ format: 'no field' }, 'ERR_LOGGING_FORMAT', "format: Invalid format 'no field' for '%' style"],
  ])('%j are refused', (options, code, message) => {
    expect(() => new Formatter(options as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('may be more in a derived class', () => {
    class Mine extends Formatter {}
    expect(new Mine({ format: '%(name)s', mine: 1 } as never).fmt).toBe('%(name)s');
  });

  it('are described by a schema that finds invalid formats too', () => {
    const issues = findIssues(Formatter.optionsSchema, { format: '{nope', style: '{' }, 'formatters.verbose');
    expect(issues).toEqual([
      { path: 'formatters.verbose.format', message: expect.stringContaining('invalid format') },
    ]);
    expect(findIssues(Formatter.optionsSchema, { format: '{nope', style: '{', validate: false }, '')).toEqual(
      [],
    );
  });
});

describe('BufferingFormatter', () => {
  class Framed extends BufferingFormatter {
    override formatHeader(records: readonly LogRecord[]): string {
      return `<${records.length}>`;
    }
    override formatFooter(): string {
      return '</>';
    }
  }

  it('joins header, records and footer', () => {
    expect(
      new Framed(new Formatter({ format: '[%(message)s]' })).format([record(), record({ msg: 'x' })]),
    ).toBe('<2>[paid][x]</>');
    expect(new BufferingFormatter().format([record(), record()])).toBe('paidpaid');
  });

  it('gives nothing for no records', () => {
    expect(new Framed().format([])).toBe('');
  });
});
