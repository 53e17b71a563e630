import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Separators, separatorAt } from '../../lib/redaction/separators.js';

const SEPARATOR = /[:=>]|%3[AaDd]/g;
const pieces = fc.constantFrom(
  ':',
  '=',
  '>',
  '%',
  '%3',
  '%3A',
  '%3d',
  '%33A',
  'A',
  'd',
  'name',
  '🔑',
  '"',
  ' ',
);

describe('separators of names and values', () => {
  it('are found where the expression for them matches, from any place on', () => {
    fc.assert(
      fc.property(fc.array(pieces), fc.nat(3), (parts, skipped) => {
        const text = parts.join('');
        const separators = new Separators(text);
        SEPARATOR.lastIndex = 0;
        for (;;) {
          const from = SEPARATOR.lastIndex;
          const match = SEPARATOR.exec(text);
          const at = separators.from(from);
          expect(at).toBe(match?.index ?? text.length);
          if (match === null) return;
          expect(separatorAt(text, at)).toBe(match[0]);
          SEPARATOR.lastIndex += skipped;
        }
      }),
    );
  });
});
