import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pythonRepr, pythonStr, quotePlus, urlencode } from '../../lib/handlers/http/form-encode.js';
import { askPython, hasPython } from '../support/live-python.js';

const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 4 }).filter((key) => key !== '__proto__'),
      tie('node'),
      { maxKeys: 4 },
    ),
  ),
})).node;

const describeWithPython = hasPython ? describe : describe.skip;

describeWithPython('values as a Python program reads them', () => {
  // The interpreter reads JSON: what it has of a value is what the value is in Python.
  const cases = fc.sample(value, { numRuns: 300, seed: 20 });
  const ask = (expression: string, given: readonly unknown[]) =>
    (
      askPython(
        `import json, urllib.parse\nvalue = json.loads(case)\nreturn ${expression}`,
        given.map((one) => JSON.stringify(one)),
      ) as { text: string }[]
    ).map(({ text }) => text);

  it('are those of repr', () => {
    expect(cases.map(pythonRepr)).toEqual(ask('repr(value)', cases));
  });

  it('are those of str', () => {
    expect(cases.map(pythonStr)).toEqual(ask('str(value)', cases));
  });

  it('are those of urlencode', () => {
    const forms = fc.sample(
      fc.dictionary(
        fc
          .string({ minLength: 1, unit: 'binary', maxLength: 6 })
          .filter((key) => key !== '__proto__' && key !== 'args'),
        value,
      ),
      { numRuns: 150, seed: 21 },
    );
    expect(forms.map(urlencode)).toEqual(ask('urllib.parse.urlencode(value)', forms));
  });
});

describe('pythonRepr', () => {
  it('ends for cycles, depth and breadth, and never throws', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    let deep: unknown = 0;
    for (let level = 0; level < 10_000; level++) deep = [deep];
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, [1, 2, 3]]));
    expect(pythonRepr(cycle)).toBe('[[...]]');
    expect(pythonRepr(deep).length).toBeLessThan(100);
    expect(typeof pythonRepr(hostile)).toBe('string');
    expect(pythonRepr(wide).length).toBeLessThan(100_000);
  });

  it.each([
    [undefined, 'None'],
    [10n, '10'],
    [new Map([['a', true]]), "{'a': True}"],
    [new TypeError('x'), 'TypeError: x'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('gives %p as %s', (given, expected) => {
    expect(pythonRepr(given)).toBe(expected);
  });
});

describe('urlencode', () => {
  it('is bounded, whatever the fields', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`k${index}`, 'x'.repeat(10_000)]),
    );
    expect(urlencode(fields).length).toBeLessThan(300_000);
  });

  it('takes half a surrogate pair', () => {
    expect(quotePlus('a\ud800 b')).toBe('a%EF%BF%BD+b');
  });
});
