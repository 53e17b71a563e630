import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fixedDigits, shortestText } from '../../lib/python/decimal-digits.js';

/** The numbers next to one, of which there is none between. */
function neighbours(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  return [bits - 1n, bits + 1n].map((next) => {
    view.setBigUint64(0, next);
    return view.getFloat64(0);
  });
}

const thousandth = fc.integer({ min: 1, max: 2_000_000_000 }).map((count) => count / 1_000);
const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });

describe('fixedDigits', () => {
  it.each([
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [2.5, 0, '2'],
    [0.25, 1, '0.2'],
    [0.75, 1, '0.8'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [0.0625, 3, '0.062'],
    [999_999.9375, 3, '999999.938'],
  ])('rounds the tie %d with %d digits to the even %s', (value, precision, text) => {
    expect(fixedDigits(value, precision)).toBe(text);
  });

  it.each([0.5, 2.5, 0.25, 0.125, 0.0625, 1.005, 8.345, 0.15, 999_999.9375])(
    'rounds what is next to %d as the engine does, with which it agrees on all but ties',
    (value) => {
      for (const next of neighbours(value)) {
        for (const precision of [0, 1, 2, 3, 4])
          expect(fixedDigits(next, precision)).toBe(next.toFixed(precision));
      }
    },
  );

  it('gives for any number what the engine does', () => {
    const precision = fc.integer({ min: 0, max: 6 });
    const number = fc.oneof(positive, thousandth, fc.double({ min: 0, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(number, precision, (value, digits) => {
        // The engine rounds ties up.
        fc.pre(value < 1e21 && (value * 2 ** (digits + 1)) % 2 !== 1);
        expect(fixedDigits(value, digits)).toBe(value.toFixed(digits));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('shortestText', () => {
  it.each([0, -0, 1, 200, 0.001, 0.01, 0.1, 0.05, 1.2, 1.23, 1.234, 12.5, 999_999.999, 1e6, 1_000_000.001])(
    'gives the text of %d',
    (value) => {
      for (const one of [value, -value, ...neighbours(value)]) expect(shortestText(one)).toBe(String(one));
    },
  );

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    Number.MAX_SAFE_INTEGER,
    1e21,
    1e-7,
  ])('gives the text of %d as well', (value) => {
    expect(shortestText(value)).toBe(String(value));
  });

  it('gives the text of any number', () => {
    fc.assert(
      fc.property(fc.oneof(thousandth, fc.double()), (value) => {
        expect(shortestText(value)).toBe(String(value));
      }),
      { numRuns: 5_000 },
    );
  });
});
