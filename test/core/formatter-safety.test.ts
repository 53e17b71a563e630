import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Formatter, type FormatterOptions } from '../../lib/core/formatting/formatter.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { makeLogRecord } from '../../lib/core/records/record-factory.js';

const format = '%(asctime)s %(levelname)s %(name)s %(message)s %(user)s';
const FORGED = '2024-01-05 15:04:09,007 CRITICAL root forged';
/** All that a terminal obeys, and what reorders text. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function text(record: LogRecordOptions, options: FormatterOptions = {}): string {
  return new Formatter({ format, defaults: { user: '-' }, ...options }).format(
    new LogRecord({ name: 'shop', levelno: 30, created: 0, msg: 'paid', ...record }),
  );
}

/** Lines that start at the left margin, the record's own first line aside. */
function marginLines(line: string): string[] {
  return line
    .split('\n')
    .slice(1)
    .filter((one) => !/^[ \t]/.test(one));
}

describe('By default, no line of a record passes for another record', () => {
  it.each<[string, LogRecordOptions]>([
    ['the message', { msg: `paid\n${FORGED}` }],
    ['an argument', { msg: 'user %s', args: [`x\n${FORGED}`] }],
    ['a field', { extra: { user: `x\n${FORGED}` } }],
    ['a logger name', { name: `x\n${FORGED}` }],
    ['a carriage return', { msg: `paid\r${FORGED}` }],
    ['a line separator', { msg: `paid\u2028${FORGED}\u0085${FORGED}` }],
  ])('through %s', (_where, record) => {
    expect(marginLines(text(record))).toEqual([]);
  });

  it.each<FormatterOptions>([
    { format: '%(levelname)8s %(name)s: %(message)s' },
    { format: '{levelname:>8} {name}: {message}', style: '{' },
    { format: '    $levelname $name: $message', style: '$' },
  ])('where records begin with blanks themselves: %j', (options) => {
    const formatter = new Formatter(options);
    const forged = 'x\nINFO shop: forged\n    INFO shop: forged\n        INFO shop: forged';
    const excInfo = Object.assign(new Error(forged), { code: forged });
    const stackInfo = `Stack:\n${forged}`;
    const lines = formatter
      .format(new LogRecord({ name: 'shop', levelno: 20, msg: forged, excInfo, stackInfo }))
      .split('\n');
    // The text, the beginning of the traceback and of the stack.
    expect(lines.filter((line) => !line.startsWith('| '))).toEqual([
      '    INFO shop: x',
      'Error: x',
      'Stack:',
    ]);
  });

  it.each([['%(levelname)-8s %(message)s'], ['%(levelno)d %(message)s'], ['%(message)s']])(
    'and other formats indent: %s',
    (format) => {
      const line = new Formatter({ format }).format(new LogRecord({ levelno: 20, msg: 'a\nb' }));
      expect(line.split('\n')[1]).toBe('    b');
    },
  );

  it('through a level name or other attributes of a record that came from elsewhere', () => {
    const line = new Formatter({ format: '%(levelname)s %(levelno)s %(lineno)s %(funcName)s' }).format(
      makeLogRecord({
        levelname: `x\n${FORGED}`,
        levelno: `1\n${FORGED}`,
        lineno: `\n${FORGED}`,
        funcName: `\n${FORGED}`,
      }),
    );
    expect(marginLines(line)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['its message', new Error(`boom\n${FORGED}`)],
    ['its name', Object.assign(new Error('boom'), { name: `\n${FORGED}` })],
    ['its stack', Object.assign(new Error('boom'), { stack: `${FORGED}\n${FORGED}` })],
    ['its cause', new Error('boom', { cause: new Error(`inner\n${FORGED}`) })],
    ['a member', new AggregateError([new Error(`a\n${FORGED}`), `b\n${FORGED}`], `all\n${FORGED}`)],
    ['a thrown text', `\n${FORGED}`],
    ['a thrown object', { toString: () => `\n${FORGED}`, [Symbol.toPrimitive]: () => `\n${FORGED}` }],
    ['an object like an error', { message: `\n${FORGED}`, stack: `\n${FORGED}`, name: FORGED }],
  ])('through an error by %s', (_where, excInfo) => {
    const [header, ...more] = marginLines(text({ excInfo }));
    expect(header).toMatch(/^(?:[A-Z]\w*Error|Error|Thrown value|Object)\b/);
    expect(more).toEqual([]);
  });

  it('through anything at all; and nothing reaches the terminal but text', () => {
    const wild = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\n', '\r', '\x1b', '\x9b', '\u202e', '\u2029', '\t', 'x'),
        fc.string({ unit: 'binary', maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(
        wild,
        wild,
        wild,
        fc.constantFrom('escape' as const, 'line' as const),
        (msg, user, message, sanitize) => {
          const line = text(
            { msg, extra: { user }, excInfo: new Error(message, { cause: msg }) },
            { sanitize },
          );
          expect(line).not.toMatch(CONTROLS);
          expect(marginLines(line)).toHaveLength(1);
        },
      ),
    );
  });
});

describe('sanitize', () => {
  it("'escape' shows controls as text and indents further lines", () => {
    expect(text({ msg: 'a\tb\nc\x1b[31m\x7f\u202e' }, { format: '%(message)s' })).toBe(
      'a\tb\n    c\\x1b[31m\\x7f\\u202e',
    );
  });

  it("'line' keeps a record on one line", () => {
    expect(text({ msg: 'a\nb\r\nc' }, { format: '%(message)s', sanitize: 'line' })).toBe('a\\nb\\r\\nc');
  });

  it("'none' leaves Python's bytes", () => {
    const msg = 'a\nb\x1b[31m';
    expect(text({ msg, stackInfo: 'S\nT' }, { format: '%(message)s', sanitize: 'none' })).toBe(
      `${msg}\nS\nT`,
    );
  });

  it('cuts what is too long before it escapes it, but for none', () => {
    const msg = '\x1b'.repeat(1_000_000);
    expect(text({ msg }, { format: '%(message)s' })).toMatch(
      /^(?:\\x1b){65536}… \[934464 more characters\]$/,
    );
    expect(text({ msg }, { format: '%(message)s', sanitize: 'none' })).toBe(msg);
    expect(text({ excInfo: new Error('x'.repeat(1_000_000)) }).length).toBeLessThan(140_000);
  });
});

describe('a traceback or stack that came with a record', () => {
  const forged = [
    '2026-11-30 10:00:00,000 INFO admin: let in',
    'INFO:root:let in',
    'ERROR',
    '[INFO] let in',
    '\r\nlet in',
  ];
  const usual = [
    'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: no',
    'Stack (most recent call last):\n  File "a.py", line 1',
    'Error: refused\n    at f (a.js:1:1)',
    'acme.Refused: no',
    'Refused',
    '    at f (a.js:1:1)',
  ];

  it.each(forged)('never poses as a record: %j', (text) => {
    for (const given of [{ excText: text }, { stackInfo: text }]) {
      const lines = new Formatter().format(new LogRecord({ msg: 'm', ...given })).split('\n');
      expect(lines.slice(1).filter((line) => !line.startsWith('    '))).toEqual([]);
      const marked = new Formatter('%(levelname)8s %(message)s').format(
        new LogRecord({ msg: 'm', ...given }),
      );
      expect(
        marked
          .split('\n')
          .slice(1)
          .filter((line) => !line.startsWith('| ')),
      ).toEqual([]);
    }
  });

  it.each(usual)('begins as it does: %j', (text) => {
    const [, first] = new Formatter().format(new LogRecord({ msg: 'm', excText: text })).split('\n');
    expect(first).toBe(text.split('\n')[0]);
  });

  it('is as it is where nothing is sanitized', () => {
    const formatter = new Formatter({ format: '%(message)s', sanitize: 'none' });
    expect(formatter.format(new LogRecord({ msg: 'm', excText: '[x]' }))).toBe('m\n[x]');
  });
});
