import { describe, expect, it } from '@jest/globals';
import { randomUuid } from '../../lib/nest/work/random-uuid.js';

/** More than are made of what is drawn at once, and enough for each bit to have been both. */
const ids = Array.from({ length: 1_000 }, () => randomUuid());

describe('randomUuid', () => {
  it('makes UUIDs of version 4', () => {
    for (const id of ids) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });

  it('makes none twice', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('draws every bit but those of version and variant', () => {
    const numbers = ids.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
    const ones = numbers.reduce((all, number) => all | number);
    const zeros = numbers.reduce((all, number) => all | (~number & ((1n << 128n) - 1n)), 0n);
    const fixed = (0xfn << 76n) | (0b11n << 62n);
    expect(ones & zeros).toBe(((1n << 128n) - 1n) & ~fixed);
  });
});
