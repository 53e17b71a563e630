import { flatText } from '../runtime/flat-text.js';

/** Strings that are remembered, and how long they may be. */
const BOUNDS = { texts: 256, length: 256 } as const;
/** Characters of a long string that say where it is remembered. */
const BEGINNING = 128;
/** Of so many calls fewer than half may miss, or caching is switched off: first for so many calls, then for longer. */
const TRIAL = 1_024;
const REST = 16_384;
const LONGEST_REST = 131_072;

/**
 * A test of strings that remembers those that passed: most messages are literals, and checking each character costs
 * five times as much as a look-up.
 *
 * Where fewer than half are found, as with concatenated messages, caching is switched off for a while.
 *
 * @param test A pure function.
 * @param bounds How many are remembered, a power of two, and how long they may be.
 */
export function rememberPassed(
  test: (text: string) => boolean,
  { texts, length }: { readonly texts: number; readonly length: number } = BOUNDS,
): (text: string) => boolean {
  const passed = new Array<string | undefined>(texts).fill(undefined);
  let calls = 0;
  let missed = 0;
  let resting = 0;
  let rest = REST;

  const beginTrial = (): void => {
    calls = 0;
    missed = 0;
  };

  const giveUp = (): void => {
    resting = rest;
    // To remember texts that do not come again takes long: it is tried less and less often.
    rest = Math.min(2 * rest, LONGEST_REST);
    passed.fill(undefined);
    beginTrial();
  };

  return (text) => {
    // To compare a long one takes as long as to test it.
    if (text.length > length) return test(text);
    if (resting > 0) {
      resting -= 1;
      return test(text);
    }
    calls += 1;
    if (calls > TRIAL) {
      rest = REST;
      beginTrial();
    }
    // Two places for each: a text that takes the first of another leaves it the second.
    const place = placeOf(text) & (texts - 2);
    if (passed[place] === text || passed[place + 1] === text) return true;
    missed += 1;
    if (missed > TRIAL / 2) giveUp();
    if (!test(text)) return false;
    passed[place + 1] = passed[place];
    passed[place] = flatText(text);
    return true;
  };
}

/**
 * Says where a text is remembered, by its length and eight of its characters, and of a long one, as a stack, by its
 * beginning too: others may differ in a digit. The hash of a Set is made of all of them, anew for each text that was
 * concatenated.
 */
function placeOf(text: string): number {
  const { length } = text;
  const step = (length >> 3) + 1;
  let sum = length;
  for (let at = step >> 1; at < length; at += step) sum = ((sum << 5) - sum + text.charCodeAt(at)) | 0;
  if (length <= BOUNDS.length) return sum;
  for (let at = 0; at < BEGINNING; at += 1) sum = ((sum << 5) - sum + text.charCodeAt(at)) | 0;
  return sum;
}
