import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutAndCount, cutText, cutToBytes } from '../../lib/runtime/cut-text.js';

describe('cutText', () => {
  it('gives the beginning, and what is to follow it', () => {
    expect(cutText('order paid', 5)).toBe('order');
    expect(cutText('order paid', 5, '…')).toBe('order…');
    expect(cutText('order', 5, '…')).toBe('order');
    expect(cutText('order', 0, '…')).toBe('…');
    expect(cutText('order', -3, '…')).toBe('…');
  });

  it('never halves a character', () => {
    expect(cutText('ab😀', 3)).toBe('ab');
    expect(cutText('ab😀c', 4)).toBe('ab😀');
    expect(cutText('😀', 1, '…')).toBe('…');
  });
});

describe('cutAndCount', () => {
  it('says how much is missing, of the text or of what it was before', () => {
    expect(cutAndCount('ab😀cd', 3)).toBe('ab… [4 more characters]');
    expect(cutAndCount('order', 5)).toBe('order');
    expect(cutAndCount('[REDACTED]', 10, 70)).toBe('[REDACTED]… [60 more characters]');
  });
});

describe('cutToBytes', () => {
  it('gives the longest beginning that fits, never half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 4, max: 80 }),
        (text, bytes) => {
          const cut = cutToBytes(text, bytes);
          expect(text.startsWith(cut)).toBe(true);
          expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
          const next = String.fromCodePoint(...[text.slice(cut.length).codePointAt(0) ?? 0x20]);
          expect(cut === text || Buffer.byteLength(cut + next) > bytes).toBe(true);
        },
      ),
    );
  });
});
