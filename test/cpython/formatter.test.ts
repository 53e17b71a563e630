import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BufferingFormatter,
  type FormatStyle,
  Formatter,
  getLogger,
  gmtime,
  LogRecord,
  makeLogRecord,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

afterEach(resetLoggingAsPython);

const record = (fields: Record<string, unknown> = {}) =>
  makeLogRecord({ name: 'formatter.test', msg: 'Message with %d %s', args: [2, 'placeholders'], ...fields });

describe('a format', () => {
  it.each([
    ['%', '${%(message)s}', '${Message with 2 placeholders}'],
    ['{', '$%{message}%$', '$%Message with 2 placeholders%$'],
    ['$', '${message}', 'Message with 2 placeholders'],
    ['$', '$message', 'Message with 2 placeholders'],
    ['$', '$$%${message}%$$', '$%Message with 2 placeholders%$'],
  ] as const)('of style %s is filled in: %s', (style, format, text) => {
    expect(new Formatter({ style, format }).format(record())).toBe(text);
  });

  it.each([
    ['%', '%(asctime)s', true],
    ['%', '%(asctime)-15s', true],
    ['%', '%(asctime)#15s', true],
    ['%', '%(message)s', false],
    ['{', '{asctime}', true],
    ['{', '{asctime!s:15}', true],
    ['{', '{asctime:15}', true],
    ['{', '{message}', false],
    ['$', '${asctime}', true],
    ['$', '$asctime', true],
    ['$', '${asctime}--', true],
    ['$', '${message}', false],
  ] as const)('of style %s uses the time or not: %s', (style, format, uses) => {
    expect(new Formatter({ style, format }).usesTime()).toBe(uses);
  });

  it.each([
    ['%', '%(random)s'],
    ['{', '{random}'],
    ['$', '${random}'],
  ] as const)('of style %s fails for a field that there is not', (style, format) => {
    expect(() => new Formatter({ style, format }).format(record())).toThrow('random');
  });

  it.each([
    ['%', '%(custom)s %(message)s'],
    ['{', '{custom} {message}'],
    ['$', '$custom $message'],
  ] as const)('of style %s takes defaults for fields that a record does not have', (style, format) => {
    const formatter = new Formatter({ style, format, defaults: { custom: 'Default', unused: 1 } });
    expect(formatter.format(record())).toBe('Default Message with 2 placeholders');
    expect(formatter.format(record({ custom: 1234 }))).toBe('1234 Message with 2 placeholders');
  });

  it('is in one of three styles', () => {
    expect(() => new Formatter({ style: 'x' as FormatStyle })).toThrow("style: expected '%', '{' or '$'");
  });
});

describe('a format is sound', () => {
  it.each([
    ...[
      '%(levelname)-15s - %(message) 5s - %(process)03d - %(module) - %(asctime)*.3s',
      '%(process)#+027.23X',
    ],
    ...['%(asctime)*s - %(asctime)*.3s - %(process)-34.33o', '%(foo)#.*g'],
  ])('in style %%: %s', (format) => {
    expect(new Formatter({ format }).fmt).toBe(format);
  });

  it.each([
    ...[
      "$%{message}%$ - {asctime!a:15} - {customfield['key']}",
      '{process:.2f} - {custom.f:.4f}',
      '{message!r}',
    ],
    ...['{customfield!s:#<30}', '{message!s}', '{message!a}', '{process!r:4.2}', '{process!s:{w},.{p}}'],
    ...['{process!s:<#30,.12f}- {custom:=+#30,.1d} - {module:^30}', '{foo:12.{p}}', '{foo:{w}.6}'],
    ...['{foo[0].bar[1].baz}', '{foo[k1].bar[k2].baz}', '{12[k1].bar[k2].baz}'],
  ])('in style {: %s', (format) => {
    expect(new Formatter({ format, style: '{' }).fmt).toBe(format);
  });

  it.each(['${asctime} - $message', '$bar $$', '$bar $$$$'])('in style $: %s', (format) => {
    expect(new Formatter({ format, style: '$' }).fmt).toBe(format);
  });
});

describe('a format is refused', () => {
  it.each([
    ...[
      '%(asctime)Z',
      '%(asctime)b',
      '%(asctime)*',
      '%(asctime)*3s',
      '%(asctime)_',
      '{asctime}',
      '${message}',
    ],
    ...['%(foo)#12.3*f', '%(foo)0*.8*f'],
  ])('in style %%: %s', (format) => {
    expect(() => new Formatter({ format })).toThrow(`Invalid format '${format}' for '%' style`);
  });

  it.each([
    ['{name-thing}', "invalid format: invalid field name/expression: 'name-thing'"],
    ['%(asctime)s', 'invalid format: no fields'],
    ['{asctime!aa:15}', "invalid format: expected ':' after conversion specifier"],
    ['{process:.2ff}', "invalid format: bad specifier: '.2ff'"],
    ['{process', "invalid format: expected '}' before end of string"],
    ['process}', "invalid format: Single '}' encountered in format string"],
    ['{asctime!Z:15}', "invalid format: invalid conversion: 'Z'"],
    ...['{asctime!s:#30,15f}', '{process:.2Z}', '{process!s:<##30,12g}', '{process!s:<#30#,12g}'].map((f) => [
      f,
      '',
    ]),
    ...['{process!s:{{w}},{{p}}}', '{{foo!r:4.2}', '{{foo!r:4.2}}', '{foo/bar}', '{foo:{{w}}.{{p}}}}'].map(
      (f) => [f, ''],
    ),
    ...['{foo!X:{{w}}.{{p}}}', '{foo!a:random}', '{foo!a:ran{dom}', '{foo!a:ran{d}om}', '{foo.!a:d}'].map(
      (f) => [f, ''],
    ),
  ])('in style {: %s', (format = '', message = '') => {
    expect(() => new Formatter({ format, style: '{' })).toThrow(message);
  });

  it.each([
    ['$bar $$$', "bare '$' not allowed"],
    ['bar $', "bare '$' not allowed"],
    ['foo $.', "bare '$' not allowed"],
    ['{asctime}', 'no fields'],
    ['%(asctime)s', 'no fields'],
    ['foo', 'no fields'],
    ['${asctime', "bare '$' not allowed"],
  ])('in style $: %s', (format, message) => {
    expect(() => new Formatter({ format, style: '$' })).toThrow(`invalid format: ${message}`);
  });
});

describe('the time of a record', () => {
  const created = Date.UTC(1993, 3, 21, 8, 3) / 1000;

  it('is formatted by the converter, with the milliseconds of the record', () => {
    const formatter = new Formatter({ format: '%(asctime)s %(message)s' });
    formatter.converter = gmtime;
    const moment = record({ created, msecs: 123 });
    expect(formatter.formatTime(moment)).toBe('1993-04-21 08:03:00,123');
    expect(formatter.formatTime(moment, '%Y:%d')).toBe('1993:21');
    formatter.format(moment);
    expect(moment.asctime).toBe('1993-04-21 08:03:00,123');
  });

  it('leaves milliseconds out where the format for them is null', () => {
    class Plain extends Formatter {
      override default_msec_format = null;
      override default_time_format = '%d/%m/%Y %H:%M:%S';
    }
    expect(new Plain({ utc: true }).formatTime(record({ created: created + 0.123 }))).toBe(
      '21/04/1993 08:03:00',
    );
  });

  it('never shows a thousand milliseconds', () => {
    const formatter = new Formatter({
      format: '{asctime}.{msecs:03.0f} {message}',
      style: '{',
      datefmt: '%S',
      utc: true,
    });
    for (let micros = 0; micros < 3_000; micros += 1) {
      const moment = new LogRecord({ msg: 'x', created: created + 0.9985 + micros / 1e6 });
      expect(formatter.format(moment)).toMatch(/^\d\d\.\d{3} x$/);
    }
  });

  it.each([
    [1_677_902_297.1, 100],
    [1_677_903_920.9999986, 999],
    [1_677_903_920.0009985, 0],
    [1_677_903_921, 0],
  ])('has whole milliseconds, cut off and not rounded: %d', (seconds, msecs) => {
    expect(new LogRecord({ created: seconds }).msecs).toBe(msecs);
  });

  it('is counted in milliseconds from when logging began', () => {
    const [one, other] = [new LogRecord({ created }), new LogRecord({ created: created + 0.25 })];
    expect(other.relativeCreated - one.relativeCreated).toBeCloseTo(250, 3);
  });
});

describe('BufferingFormatter', () => {
  const records = [makeLogRecord({ msg: 'one' }), makeLogRecord({ msg: 'two' })];

  it('joins the messages', () => {
    expect([new BufferingFormatter().format([]), new BufferingFormatter().format(records)]).toEqual([
      '',
      'onetwo',
    ]);
  });

  it('puts header and footer around them, each record in the given format', () => {
    class Counting extends BufferingFormatter {
      override formatHeader(all: readonly LogRecord[]): string {
        return `[(${all.length})`;
      }
      override formatFooter(all: readonly LogRecord[]): string {
        return `(${all.length})]`;
      }
    }
    expect(new Counting().format(records)).toBe('[(2)onetwo(2)]');
    expect(new Counting(new Formatter({ format: '<%(message)s>' })).format(records)).toBe(
      '[(2)<one><two>(2)]',
    );
  });
});

describe('traceback and stack', () => {
  it('are on the record, and below its line', () => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    getLogger().exception('failed', new RangeError('deliberate mistake'), { stackInfo: true });
    const seen = handler.records[0];
    expect(seen?.excText).toMatch(/^RangeError: deliberate mistake\n {4}at /);
    expect(seen?.stackInfo).toMatch(/^Stack \(most recent call first\):\n {4}at /);
    expect(handler.lines[0]).toBe(`failed\n${seen?.excText}\n${seen?.stackInfo}`);
  });
});
