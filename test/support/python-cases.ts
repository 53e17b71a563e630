import { describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { askPython, differingCodePoints, hasPython } from './live-python.js';

/** A group of comparisons with the live interpreter; skipped where there is none. */
export const describeLive: (name: string, body: () => void) => void = hasPython ? describe : describe.skip;

const SAMPLE = {
  numRuns: Number(process.env.LIVE_RUNS ?? 4_000),
  seed: Number(process.env.LIVE_SEED ?? 20_240_229),
};

const tie = fc.tuple(fc.integer({ min: -4_000, max: 4_000 }), fc.integer({ min: 0, max: 12 }));
const integer = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer(), fc.maxSafeInteger(), fc.bigInt());
export const float = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.double({ noDefaultInfinity: false }),
    tie.map(([numerator, bits]) => numerator / 2 ** bits),
    fc.constantFrom(0.1, 2.675, 1e-5, 123456.789, 1e22, 1.5e300, 5e-324, 99999.95, 0.00012345),
  )
  .map((value) => (value === 0 ? 0 : value));
export const number = fc.oneof(integer, float);
/** Unicode grows: what one of the two has not heard of yet is no error. */
const unknown = hasPython ? differingCodePoints() : new Set<number>();
const isKnown = (one: string) => ![...one].some((character) => unknown.has(character.codePointAt(0) ?? 0));
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).filter(isKnown),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter(isKnown),
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', 'a', "it's", 'say "hi"', 'é', '日本', '😀', '\ud83d', 'tab\tx', '\u202e\x7f\x85'),
);
export const size = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 24 }).map(String));

/** The cases of a run: the same each time, unless LIVE_SEED says otherwise. */
export function sample<T>(cases: fc.Arbitrary<T>): T[] {
  return fc.sample(cases, SAMPLE);
}

/** Compares case by case; what differs, but for what `isExpected`, is listed with both answers. */
export function expectSame<T>(
  cases: readonly T[],
  body: string,
  input: (one: T) => unknown,
  ours: (one: T) => unknown,
  isExpected: (ours: unknown, python: unknown) => boolean = () => false,
) {
  const theirs = askPython(body, cases.map(input));
  const differing = cases
    .map((one, at) => ({ case: input(one), ours: ours(one), python: theirs[at] }))
    .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.python))
    .filter((one) => !isExpected(one.ours, one.python));
  expect(differing.slice(0, 20).map((one) => JSON.stringify(one))).toEqual([]);
}

/**
 * A template malformed further on is refused at once; Python first misses what stands before. And a spec is read
 * before there is a value, so that its error cannot name the value's type.
 */
export function isMalformedAhead(ours: unknown, python: unknown): boolean {
  const mine = (ours as { error?: string }).error ?? '';
  const theirs = (python as { error?: string }).error ?? '';
  return (
    mine.startsWith('ValueError') &&
    /^(Key|Index|Type|Attribute)Error|Invalid format specifier|Unknown format code/.test(theirs)
  );
}
