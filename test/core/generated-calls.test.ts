import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as core from '../../lib/core.js';
import { getLogger, JsonFormatter, LoggerAdapter } from '../../lib/core.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { captureLogs } from '../../lib/testing/capture-logs.js';
import { hostileValues } from '../../lib/testing/contract/hostile-values.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler({ formatter: new JsonFormatter() });
  getLogger().addHandler(seen);
  getLogger().setLevel(1);
});

/** A value of a call, and the texts that must be found in what is written for it. */
interface Given {
  readonly value: unknown;
  readonly marks: readonly string[];
}

/** Texts that nothing else holds. */
let count = 0;
const mark = (): string => {
  count += 1;
  return `mark${count}x`;
};
const made = (make: () => Given) => fc.constant(undefined).map(make);

function marked(make: (text: string) => unknown): fc.Arbitrary<Given> {
  return made(() => {
    const text = mark();
    return { value: make(text), marks: [text] };
  });
}

const NAMES = [
  'userId',
  'name',
  'message',
  'args',
  'level',
  'err',
  'error',
  'cause',
  'exc_info',
  'constructor',
];
const OPTIONS = ['extra', 'excInfo', 'stackInfo', 'stacklevel', 'excinfo', 'extraa'];

const texts = marked((text) => text);
const errors = fc.oneof(
  marked((text) => new Error(text)),
  marked((text) => Object.assign(new TypeError(text), { code: 'E_CODE' })),
  marked((text) => new Error(text, { cause: new RangeError('inner') })),
);
const others = fc.oneof(
  marked((text) => [text, 1]),
  marked((text) => new Map([['key', text]])),
  marked(
    (text) =>
      new (class Order {
        id = text;
      })(),
  ),
  marked((text) => Symbol(text)),
  made(() => ({ value: BigInt(++count + 10 ** 9), marks: [String(count + 10 ** 9)] })),
);
const fields = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof(texts, errors, others)), { minLength: 1, maxLength: 4 })
  .map((entries): Given => {
    const byName = new Map(entries);
    return {
      value: Object.fromEntries([...byName].map(([name, { value }]) => [name, value])),
      marks: [...byName.values()].flatMap(({ marks }) => marks),
    };
  });
/** What a body of a request may hold, to pass for options. */
const forged = fc
  .array(fc.tuple(fc.constantFrom(...OPTIONS), fc.oneof(texts, fields)), { minLength: 1, maxLength: 3 })
  .map((entries): Given => {
    const byName = new Map(entries.map(([name, given]) => [name, given]));
    return {
      value: Object.fromEntries([...byName].map(([name, { value }]) => [name, value])),
      marks: [...byName.values()].flatMap(({ marks }) => marks),
    };
  });
const options = fields.map(({ value, marks }): Given => ({ value: { extra: value }, marks }));
const values = fc.oneof(texts, errors, others, fields, forged, options);

const templates = fc
  .array(fc.constantFrom('plain ', '%s ', '%d ', '%(userId)s ', '50% done ', '%% ', '%r ', '%'))
  .map((parts) => parts.join(''));
const messages: fc.Arbitrary<Given> = fc.oneof(
  templates.map((value): Given => ({ value, marks: [] })),
  values,
);

const LEVELS = [
  'debug',
  'info',
  'warning',
  'warn',
  'error',
  'critical',
  'fatal',
  'exception',
  'log',
] as const;
type Log = (...args: unknown[]) => void;
type Face = Record<(typeof LEVELS)[number], Log>;

const faces: Record<string, () => Face> = {
  'a logger': () => getLogger('shop') as unknown as Face,
  'an adapter': () => new LoggerAdapter(getLogger('shop'), { tenant: 'acme' }) as unknown as Face,
  'an adapter on an adapter': () =>
    new LoggerAdapter(new LoggerAdapter(getLogger('shop'), { tenant: 'a', name: 'b' }), {
      shop: 'c',
    }) as unknown as Face,
  'the functions for the root': () => core as unknown as Face,
};

/** The one record of a call, as JSON. */
function written(run: () => void): string {
  seen.records.length = 0;
  seen.lines.length = 0;
  captureStderr(run);
  expect(seen.lines).toHaveLength(1);
  return seen.lines[0] as string;
}

describe.each(Object.keys(faces))('whatever is given to %s', (name) => {
  const face = (): Face => (faces[name] as () => Face)();

  it('is found in what is written, and nothing throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LEVELS),
        messages,
        fc.array(values, { maxLength: 4 }),
        (level, msg, args) => {
          const given = [msg.value, ...args.map(({ value }) => value)];
          const line = written(() => face()[level](...(level === 'log' ? [20, ...given] : given)));
          for (const text of [msg, ...args].flatMap(({ marks }) => marks)) expect(line).toContain(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is no option where a placeholder takes it', () => {
    const places = fc.constantFrom('%s', 'got %s', '%r', '%d', '%5s', '%(extra)s', '%(nothing)s');
    fc.assert(
      fc.property(fc.constantFrom(...LEVELS), places, forged, (level, template, body) => {
        const given = [template, body.value];
        written(() => face()[level](...(level === 'log' ? [20, ...given] : given)));
        const record = seen.records[0]!;
        expect(record.stackInfo).toBe(undefined);
        const { tenant: _tenant, shop: _shop, extra_name: _name, ...own } = record.extraFields();
        // What named placeholders read is in the fields by its own names.
        if (!template.includes('(')) expect(own).toEqual({});
        if (!template.includes('(')) expect(record.excInfo).toBe(undefined);
      }),
      { numRuns: 200 },
    );
  });

  it('may be hostile in every position', () => {
    const hostile = [
      ...Object.values(hostileValues()),
      Object.create(null),
      () => 1,
      Number.NaN,
      undefined,
      null,
    ];
    for (const level of LEVELS) {
      for (const value of hostile) {
        const calls = [
          [value],
          ['m', value],
          ['%s', value],
          ['%d', value],
          ['%(a)s', value],
          ['m', { extra: value }],
          ['m', { extra: { a: value, err: value } }],
          ['m', { excInfo: value, stackInfo: value, stacklevel: value }],
          [value, 'text'],
          [value, value, value],
        ];
        for (const call of calls) {
          written(() => face()[level](...(level === 'log' ? [20, ...call] : call)));
          if (level === 'log') written(() => face().log(value, ...call));
        }
      }
    }
  });
});

describe("whatever is given to Nest's logger", () => {
  it('throws nothing, and loses no record', () => {
    const nest = new NestLogger() as unknown as Record<string, Log>;
    const names = fc.constantFrom('log', 'warn', 'debug', 'verbose', 'error', 'fatal');
    fc.assert(
      fc.property(names, messages, fc.array(values, { maxLength: 3 }), (level, msg, args) => {
        seen.lines.length = 0;
        captureStderr(() => nest[level]?.(msg.value, ...args.map(({ value }) => value)));
        expect(seen.lines.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the test kit', () => {
  it('sees the same message and fields', () => {
    fc.assert(
      fc.property(messages, fc.array(values, { maxLength: 3 }), (msg, args) => {
        const logs = captureLogs('shop');
        written(() => (getLogger('shop').info as Log)(msg.value, ...args.map(({ value }) => value)));
        logs.stop();
        expect(logs.messages).toEqual([seen.records[0]?.getMessage()]);
        expect(logs.records[0]?.extraFields()).toEqual(seen.records[0]?.extraFields());
      }),
      { numRuns: 50 },
    );
  });
});
