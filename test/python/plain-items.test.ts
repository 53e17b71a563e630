import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonBudget } from '../../lib/python/json/json-budget.js';
import { jsonValue } from '../../lib/python/json/json-value.js';

type Limits = ConstructorParameters<typeof JsonBudget>;

const MUCH = 1_000_000;

function write(value: object, characters = MUCH, limits: Limits = []) {
  const budget = new JsonBudget(...limits);
  budget.reset(characters);
  const json = jsonValue(value, budget) as string;
  const { isCut, entriesLeft, charactersLeft } = budget;
  return { json, isCut, entriesLeft, charactersLeft };
}

const TEXT = '"[Function: f]"';
const f = function f() {};

/** The same member by member: a function is no plain value. It stands before the others, and is taken off again. */
function writeItems(
  value: readonly unknown[],
  characters = MUCH,
  [maxText, maxEntries = 1_000, maxDepth]: Limits = [],
) {
  const written = write([f, ...value], characters + TEXT.length + 2, [maxText, maxEntries + 1, maxDepth]);
  return { ...written, json: `[${written.json.slice(1 + TEXT.length).replace(/^,/, '')}` };
}

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const scalar = fc.oneof(
  anyText,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, 2 ** 63, 1e20, 'x'.repeat(100)),
);
const items = fc.array(scalar, { minLength: 16, maxLength: 20 });

describe('a list of plain values, written at once', () => {
  it('is as it is item by item, and takes as much of what a record may have', () => {
    fc.assert(
      fc.property(items, (value) => {
        expect(write(value)).toEqual(writeItems(value));
        const plain = JSON.parse(write(value).json);
        expect(write(plain)).toEqual(writeItems(plain));
      }),
    );
  });

  it('is cut where it would be', () => {
    const limits = fc.tuple(
      fc.integer({ min: 15, max: 30 }),
      fc.integer({ min: 5, max: 60 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(items, limits, fc.nat(2_000), (value, some, characters) => {
        expect(write(value, characters, some)).toEqual(writeItems(value, characters, some));
      }),
    );
    const numbers = Array.from({ length: 2_000 }, (_, index) => index);
    expect(write(numbers)).toMatchObject({ isCut: true, entriesLeft: 0 });
    expect(JSON.parse(write(numbers).json)).toEqual(numbers.slice(0, 1_000));
    const texts = Array.from({ length: 100 }, () => 'x'.repeat(50));
    expect(write(texts, 1_000)).toMatchObject({ isCut: true });
    expect(write(texts, 1_000).json.length).toBeLessThan(1_200);
  });

  it.each<[string, (members: unknown[]) => object, string]>([
    ['a date', (members) => [...members, new Date(0)], '"1970-01-01T00:00:00.000Z"]'],
    ['a map', (members) => [...members, new Map([['a', 1]])], '{"a":1}]'],
    [
      'an error',
      (members) => [...members, Object.assign(new RangeError('no'), { stack: 's' })],
      '"message":"no","stack":"s"}]',
    ],
    [
      'an instance',
      (members) => [
        ...members,
        new (class Money {
          euros = 7;
        })(),
      ],
      '{"euros":7}]',
    ],
    ['toJSON', (members) => [...members, { toJSON: () => 'own' }], '"own"]'],
    ['toJSON of an array', (members) => Object.assign([...members], { toJSON: () => ['own'] }), '["own"]'],
    ['a key without characters', (members) => [...members, { '': 1 }], '{"":1}]'],
    ['a long key', (members) => [...members, { ['k'.repeat(300)]: 1 }], 'k…":1}]'],
    ['a hole', (members) => Object.assign([...members], { 25: 1 }), 'null,1]'],
    [
      'a getter that throws',
      (members) => [
        ...members,
        {
          get a() {
            throw new Error('no');
          },
        },
      ],
      '{"a":"[unreadable: no]"}]',
    ],
    [
      'a terminal',
      (members) => [...members, '\u009b31m\u202e', { '\u2028': '\x7f' }],
      '"\\u009b31m\\u202e",{"\\u2028":"\\u007f"}]',
    ],
  ])('keeps what is special: %s', (_, make, end) => {
    const { json } = write(make(Array.from({ length: 20 }, (_, id) => id)));
    expect(json.slice(-end.length)).toBe(end);
    expect(() => JSON.parse(json)).not.toThrow();
  });

  it('reads what stands for it as often as it likes, within its bounds and on one line', () => {
    const changing = (second: unknown) => {
      let reads = 0;
      return new Proxy(
        Array.from({ length: 20 }, (_, id) => id),
        {
          get: (target, key) => {
            if (key !== '7') return Reflect.get(target, key) as unknown;
            reads += 1;
            return reads === 1 ? 1 : second;
          },
        },
      );
    };
    expect(write(changing('x'.repeat(MUCH))).json.length).toBeLessThan(1.1 * MUCH);
    expect(write(changing('\u009b\n')).json).not.toMatch(/[\u0080-\u009f\n]/);
    expect((JSON.parse(write(changing(7n)).json) as unknown[])[7]).toBe('7');
  });

  it('has its own iterator left alone', () => {
    const list = Object.assign(
      Array.from({ length: 20 }, (_, id) => id),
      {
        *[Symbol.iterator]() {
          yield 1;
        },
      },
    );
    expect(JSON.parse(write(list).json)).toHaveLength(20);
  });
});
