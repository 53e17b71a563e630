import { flatText } from './flat-text.js';

/** Texts that are remembered, and how long they may be. */
const MAX_TEXTS = 128;
const MAX_LENGTH = 256;
/** Calls after which it is judged whether remembering pays, and for how many it is given up if not. */
const TRIAL = 1_024;
const REST = 16_384;

/**
 * A test of texts that remembers those that passed: most messages are literals, and a look at each character costs
 * five times as much as finding one again.
 *
 * Where fewer than half are found, as with messages that are put together for each call, it is left alone for a while.
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

  const keep = (text: string): void => {
    if (passed.size >= MAX_TEXTS) passed.clear();
    passed.add(flatText(text));
  };

  return (text) => {
    // A long one would be hashed for nothing.
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
    const passes = test(text);
    if (passes) keep(text);
    return passes;
  };
}
