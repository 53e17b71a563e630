import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { PythonJsonFormatter } from '../../lib/formatters/python-json.formatter.js';
import { arrivedRecords, RecordPacker } from '../../lib/handlers/wire/portable-records.js';
import { JsonBudget } from '../../lib/python/json/json-budget.js';
import { jsonValue } from '../../lib/python/json/json-value.js';
import { printf } from '../../lib/python/printf/printf.js';
import { repr, str } from '../../lib/python/python-text.js';
import { strFormat } from '../../lib/python/str-format/str-format.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { collectStderr } from '../support/stderr-collector.js';
import { TEMPORAL_TEXTS, type TemporalSlice, temporal, temporalValues } from '../support/temporal.js';

/** What a package gives that stands for `Temporal` where Node has none: all it holds is out of sight. */
function packaged(kind: string): { from(text: string): object } {
  class Value {
    readonly #text: string;
    constructor(text: string) {
      this.#text = text;
    }
    get [Symbol.toStringTag](): string {
      return `Temporal.${kind}`;
    }
    toString(): string {
      return this.#text;
    }
    toJSON(): string {
      return this.#text;
    }
    valueOf(): never {
      throw new TypeError('not to be compared');
    }
  }
  return { from: (text) => new Value(text) };
}

const PACKAGED: TemporalSlice = {
  Instant: packaged('Instant'),
  PlainDate: packaged('PlainDate'),
  ZonedDateTime: packaged('ZonedDateTime'),
  Duration: packaged('Duration'),
};

const sources: [name: string, source: TemporalSlice | undefined][] = [
  ["a package's", PACKAGED],
  ["Node's", temporal],
];

function json(value: unknown): string | undefined {
  const budget = new JsonBudget();
  budget.reset(100_000);
  return jsonValue(value, budget);
}

if (temporal === undefined) it.skip("Node's Temporal is written as its own text [needs Node 26]", () => {});

describe.each(sources.filter(([, source]) => source !== undefined))('%s Temporal', (_name, source) => {
  const values = temporalValues(source as TemporalSlice);

  it('is written as its own text, by itself and within others', () => {
    for (const [kind, text] of Object.entries(TEMPORAL_TEXTS)) {
      const value = values[kind as keyof typeof TEMPORAL_TEXTS];
      expect([str(value), repr(value), printf('%s|%r|%.4s', [value, value, value])]).toEqual([
        text,
        text,
        `${text}|${text}|${text.slice(0, 4)}`,
      ]);
      expect(strFormat('{0} {0!r:>40}', [value])).toBe(`${text} ${text.padStart(40)}`);
      expect(str({ a: [value] })).toBe(`{ a: [ ${text} ] }`);
      expect(json({ a: [value] })).toBe(`{"a":["${text}"]}`);
    }
  });

  it('is in JSON however deep it is, as a date is', () => {
    let deep: unknown = values.Instant;
    for (let level = 0; level < 10; level += 1) deep = [deep];
    expect(json(deep)).toContain(TEMPORAL_TEXTS.Instant);
  });

  it('is no secret, and stays what it is behind a filter that redacts, but for the value of a secret name', () => {
    const record = new LogRecord({ levelno: 20, msg: 'at %s', args: [values.ZonedDateTime], extra: values });
    expect(new RedactionFilter().filter(record)).toBe(record);
    const extra = { session_token: values.Instant, password: 'hunter2', values };
    const filtered = new RedactionFilter().filter(new LogRecord({ levelno: 20, msg: 'm', extra }));
    expect(JSON.parse(new JsonFormatter().format(filtered))).toMatchObject({
      session_token: '[REDACTED]',
      values: TEMPORAL_TEXTS,
    });
  });

  it('is a property of an error like a date', () => {
    const error = Object.assign(new Error('busy'), { retryAfter: values.Duration });
    expect(formatTraceback(error)).toContain('\n  retryAfter: P1DT2H3.5S');
    expect(str([error])).toBe('[ [Error: busy { retryAfter: P1DT2H3.5S }] ]');
    expect(JSON.parse(json(error) as string)).toMatchObject({ retryAfter: 'P1DT2H3.5S' });
  });

  it('is a text in the lines of python-json-logger', () => {
    const line = new PythonJsonFormatter({ format: '%(message)s' }).format(
      new LogRecord({ levelno: 20, msg: 'm', extra: { day: values.PlainDate } }),
    );
    expect(JSON.parse(line)).toEqual({ message: 'm', day: '2026-01-02' });
  });

  it('reaches another thread as its text', () => {
    const packer = new RecordPacker();
    packer.add(new LogRecord({ levelno: 20, msg: 'at %s', args: [values.PlainDate], extra: values }), false);
    const [record] = arrivedRecords(structuredClone(packer.records));
    expect(record?.getMessage()).toBe('at 2026-01-02');
    expect(record?.extraFields()).toEqual(TEMPORAL_TEXTS);
  });
});

describe('a call with', () => {
  let handler: ListHandler;
  beforeEach(() => {
    resetLogging();
    handler = new ListHandler();
    getLogger().addHandler(handler);
    getLogger().setLevel(10);
  });
  afterEach(resetLogging);

  /** The line of a call, of which standard error may say that its arguments do not fit. */
  function lineOf(...call: [unknown, ...unknown[]]): string | undefined {
    const stderr = collectStderr();
    try {
      getLogger('shop').info(...(call as [string, ...unknown[]]));
    } finally {
      stderr.stop();
    }
    return handler.lines.at(-1);
  }

  const { Instant } = temporalValues(temporal ?? PACKAGED);
  const text = TEMPORAL_TEXTS.Instant;

  it.each<[string, [unknown, ...unknown[]], string]>([
    ['Temporal as the message', [Instant], text],
    ['Temporal before a text', [Instant, 'paid'], `${text} paid`],
    ['Temporal behind a text', ['paid', Instant], `paid ${text}`],
    ['Temporal where a number has to be', ['paid at %d', Instant], `paid at %d ${text}`],
    ['an iterator', ['of %s', [1, 2].values()], 'of Object [Array Iterator] {}'],
  ])('%s loses nothing', (_what, call, line) => {
    expect(lineOf(...call)).toBe(line);
  });

  it('an iterator does not use it up', () => {
    const items = [1, 2, 3].values();
    const pairs = new Map([['password', 'hunter2']]).entries();
    getLogger().addFilter(new RedactionFilter());
    handler.setFormatter(new JsonFormatter());
    const line = lineOf('of %s', items, { extra: { items, pairs } });
    expect(JSON.parse(line as string)).toMatchObject({
      message: 'of Object [Array Iterator] {}',
      items: 'Object [Array Iterator] {}',
      pairs: 'Object [Map Iterator] {}',
    });
    expect([[...items], [...pairs]]).toEqual([[1, 2, 3], [['password', 'hunter2']]]);
  });
});

describe('what has a tag and no fields', () => {
  it.each<[string, () => object, string]>([
    ['an iterator', () => ['a'].values(), 'Object [Array Iterator] {}'],
    [
      'a generator',
      function* generate() {
        yield 1;
      },
      'Object [Generator] {}',
    ],
    ['a reference', () => new WeakRef({}), 'WeakRef {}'],
    ['a format of dates', () => new Intl.DateTimeFormat('en'), 'DateTimeFormat {}'],
  ])('%s says what it is', (_what, make, text) => {
    expect(str(make())).toBe(text);
    expect(json({ value: make() })).toBe(`{"value":"${text}"}`);
  });

  const Iterators = (globalThis as { Iterator?: { from(items: unknown): object } }).Iterator;
  (Iterators === undefined ? it.skip : it)('iterator helpers say so too [needs Node 22]', () => {
    const helper = ([1].values() as unknown as { map(change: (item: number) => number): object }).map(
      (item) => item,
    );
    expect(str(helper)).toBe('Object [Iterator Helper] {}');
    expect(json(helper)).toBe('"Object [Iterator Helper] {}"');
  });

  it('has a class of its own before the tag, and keeps a tag that is no name to itself', () => {
    class Basket {
      readonly [Symbol.toStringTag] = 'Basket';
      item = 'tea';
    }
    expect(str(new Basket())).toBe("Basket { item: 'tea' }");
    const forged = Object.create(Object.create({ [Symbol.toStringTag]: 'x]\nERROR root' }));
    expect(str(forged)).toBe('{}');
  });
});

const Float16 = (globalThis as { Float16Array?: new (items: number[]) => object }).Float16Array;
(Float16 === undefined ? it.skip : it)('Float16Array shows its numbers [needs Node 24]', () => {
  const array = new (Float16 as NonNullable<typeof Float16>)([1.5, 2]);
  expect(str(array)).toBe('Float16Array(2) [ 1.5, 2 ]');
  expect(json({ array })).toBe('{"array":[1.5,2]}');
});

it('an error that is none to the engine, as those of older packages, is one within an object, and of another', () => {
  function Refused(this: Error) {
    Object.assign(this, { message: 'stopped', code: 'E1', cause: new Error('closed') });
  }
  Refused.prototype = Object.create(Error.prototype, { name: { value: 'Refused' } });
  const error: unknown = Reflect.construct(Refused, []);
  expect(str({ error })).toBe("{ error: [Refused: stopped { code: 'E1', [cause]: [Error: closed] }] }");
  expect(formatTraceback(Object.assign(new Error('outer'), { detail: error }))).toContain(
    '\n  detail: Refused: stopped',
  );
});
