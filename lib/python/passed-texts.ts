import { flatText } from './flat-text.js';

/** Strings that are remembered, and how long they may be. */
const MAX_TEXTS = 128;
const MAX_LENGTH = 256;
/** Calls after which the hit rate is checked, and for how many caching is switched off if it is low. */
const TRIAL = 1_024;
const REST = 16_384;

/**
 * A test of strings that remembers those that passed: most messages are literals, and checking each character costs
 * five times as much as a look-up.
 *
 * Where fewer than half are found, as with concatenated messages, caching is switched off for a while.
 *
 * @param test A pure function.
 */
export function rememberPassed(test: (text: string) => boolean): (text: string) => boolean {
  const passed = new Set<string>();
  let calls = 0;
  let found = 0;
  let resting = 0;

  const judge = (): void => {
    if (found < TRIAL / 2) {
      resting = REST;
      passed.clear();
    }
    calls = 0;
    found = 0;
  };

  return (text) => {
    // Hashing a long one would be wasted.
    if (text.length > MAX_LENGTH) return test(text);
    if (resting > 0) {
      resting -= 1;
      return test(text);
    }
    calls += 1;
    if (calls === TRIAL) judge();
    if (passed.has(text)) {
      found += 1;
      return true;
    }
    if (!test(text)) return false;
    if (passed.size >= MAX_TEXTS) passed.clear();
    passed.add(flatText(text));
    return true;
  };
}
