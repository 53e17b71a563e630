import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinPlainLines } from '../../lib/python/json/plain-lines.js';

/** The same, character by character. */
const isPlain = (text: string): boolean => [...text].every((character) => /[ !#-[\]-~\n]/.test(character));

const plain = fc.string({ unit: fc.constantFrom(...' !#azAZ09[]~{}|^_`\n'), minLength: 100, maxLength: 600 });

describe('joinPlainLines', () => {
  it('takes printable ASCII, however long, and puts something in place of newlines', () => {
    for (const length of [0, 1, 127, 128, 129, 130, 131, 16_384, 16_385]) {
      const text = '~ a\n'.repeat(length).slice(0, length);
      expect(joinPlainLines(text, '; ')).toBe(text.replaceAll('\n', '; '));
    }
  });

  it('finds each character that is not, at any position', () => {
    const others = [
      '"',
      '\\',
      '\x7f',
      '\x80',
      '\u2028',
      '\ud800',
      ...Array.from({ length: 32 }, (_, code) => code),
    ]
      .map((other) => (typeof other === 'number' ? String.fromCharCode(other) : other))
      .filter((other) => other !== '\n');
    for (const length of [5, 200, 201, 202, 203]) {
      for (const other of others) {
        for (const at of [0, 1, 2, 3, length - 4, length - 3, length - 2, length - 1]) {
          const text = 'x'.repeat(at) + other + '\n'.repeat(length - at - 1);
          expect([text, joinPlainLines(text, '; ')]).toEqual([text, undefined]);
        }
      }
    }
  });

  it('agrees with a look at each character', () => {
    fc.assert(
      fc.property(
        plain,
        fc.option(fc.string({ unit: 'binary', maxLength: 3 })),
        fc.nat(),
        (text, other, at) => {
          const mixed =
            other === null ? text : text.slice(0, at % text.length) + other + text.slice(at % text.length);
          expect(joinPlainLines(mixed, '\\n  ')).toBe(
            isPlain(mixed) ? mixed.replaceAll('\n', '\\n  ') : undefined,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
