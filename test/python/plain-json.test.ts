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

/** As {@link writeItems}; it stands behind the others, since of keys that are numbers the smallest is the first. */
function writeMembers(value: object) {
  const behind = `"behind":${TEXT}}`;
  const { json, ...left } = write({ ...value, behind: f }, MUCH + 6 + TEXT.length + 2, [undefined, 1_001]);
  expect(json.endsWith(behind)).toBe(true);
  return { ...left, json: `${json.slice(0, -behind.length).replace(/,$/, '')}}` };
}

const byMember = (value: unknown[] | object) =>
  Array.isArray(value) ? writeItems(value) : writeMembers(value);

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const key = fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => text !== '__proto__');
const scalar = fc.oneof(
  anyText,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, 2 ** 63, 1e20, 'x'.repeat(100)),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));
const items = fc.array(tree, { minLength: 16, maxLength: 20 });
const many = fc.oneof(
  items,
  fc.dictionary(key, tree, { minKeys: 16, maxKeys: 20 }).map((entries) => ({ ...entries })),
);

describe('plain values, written at once', () => {
  it('are as they are one by one, and take as much of what a record may have', () => {
    fc.assert(
      fc.property(many, (value) => {
        expect(write(value)).toEqual(byMember(value));
        const plain = JSON.parse(write(value).json);
        expect(write(plain)).toEqual(byMember(plain));
      }),
    );
  });

  it('are cut where they would be', () => {
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

  it('may hold what is only there once', () => {
    const shared = Array.from({ length: 20 }, (_, id) => ({ id }));
    expect(write([...shared, shared, shared]).json).toBe(JSON.stringify([...shared, shared, shared]));
    const circle: unknown[] = Array.from({ length: 20 }, (_, id) => id);
    circle.push({ circle });
    expect(write(circle).json).toContain('{"circle":"[Circular]"}');
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
  ])('keep what is special: %s', (_, make, end) => {
    const { json } = write(make(Array.from({ length: 20 }, (_, id) => id)));
    expect(json.slice(-end.length)).toBe(end);
    expect(() => JSON.parse(json)).not.toThrow();
  });

  it('are within the bounds and on one line whatever they are when they are read again', () => {
    const changing = (second: unknown) => {
      let reads = 0;
      const value: object = {};
      for (let at = 0; at < 20; at += 1)
        Object.defineProperty(value, `k${at}`, { enumerable: true, get: () => (reads++ < 20 ? 1 : second) });
      return value;
    };
    expect(write(changing('x'.repeat(MUCH))).json.length).toBeLessThan(1.1 * MUCH);
    expect(write(changing('\u009b\n')).json).not.toMatch(/[\u0080-\u009f\n]/);
    expect(JSON.parse(write(changing(7n)).json)).toEqual(
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, '7'])),
    );
  });
});
