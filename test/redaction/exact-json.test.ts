import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readExactJson, writeExactJson } from '../../lib/redaction/exact-json.js';

const numbers = fc.oneof(
  fc.constantFrom(
    '-0',
    '0',
    '1.0',
    '-1.50',
    '1e400',
    '1E5',
    '12345678901234567890',
    '1234567890123456',
    '-0.5',
  ),
  fc.integer().map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
);
const strings = fc
  .constantFrom('', '2026-01-01', '1.5e', '"12.50"', '\\', '-0', 'a,1.0')
  .map((text) => JSON.stringify(text));
const json = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    numbers,
    strings,
    fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(strings, tie('value')), { selector: ([key]) => key })
      .map((entries) => `{${entries.map(([key, value]) => `${key}:${value}`).join(',')}}`),
  ),
})).value;

describe('JSON that is read and written again', () => {
  it('has each number as it was', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(writeExactJson(readExactJson(text))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
