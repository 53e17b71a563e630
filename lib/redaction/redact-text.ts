import { cutAndCount } from '../runtime/cut-text.js';
import { MAX_TEXT } from '../runtime/limits.js';
import { type SecretKeys, secretKeys } from './secret-keys.js';
import { redactPairs } from './secret-pairs.js';
import { applyScanner, type FormScanner, privateKeyScanner, redactForms } from './secret-scan.js';
import { isSuspect, SHORTEST } from './suspect-text.js';

/** Characters read beyond the limit, so that a secret at the end is seen whole. */
const EDGE = 8_192;

/** How secrets are removed from strings. */
export interface RedactTextOptions {
  /** What replaces a secret. */
  readonly censor: string;
  readonly keys: SecretKeys;
  /** More patterns; what they match is replaced. All have the flag `g`. */
  readonly patterns: readonly RegExp[];
  /** Remembers texts that are not suspect, nor JSON; left out where texts do not come again. */
  readonly hasPassed?: (text: string) => boolean;
  /** Remembers frames of stacks without secrets: what is thrown in one place has the same. Left out as the other. */
  readonly areHarmless?: (frames: string) => boolean;
}

/** The default replacement of a secret. */
export const CENSOR = '[REDACTED]';

/** What is secret by default. */
export const defaultRedaction: RedactTextOptions = { censor: CENSOR, keys: secretKeys(), patterns: [] };

/**
 * A string without the secrets that can be recognised by their pattern, or by the name before them.
 *
 * A string longer than 64 Ki characters is cut. Takes time in proportion to the length; throws nothing.
 */
export function redactText(text: string, options: RedactTextOptions = defaultRedaction): string {
  if (text.length < SHORTEST) return text;
  if (text.length <= MAX_TEXT && options.patterns.length === 0 && !isSuspect(text)) return text;
  if (text.length > MAX_TEXT)
    return cutAndCount(redactShort(text.slice(0, MAX_TEXT + EDGE), options), MAX_TEXT, text.length);
  return redactShort(text, options);
}

function redactShort(text: string, { censor, keys, patterns }: RedactTextOptions): string {
  // Private keys first: a name before one would match only its first word.
  let result = applyScanner(text, privateKeyScanner, censor);
  result = redactPairs(result, keys, censor);
  result = redactForms(result, censor);
  for (const pattern of patterns) result = applyScanner(result, ownScanner(pattern), censor);
  return result;
}

function ownScanner(pattern: RegExp): FormScanner {
  return { hint: '', pattern, replace: ([match], censor) => (match === '' ? undefined : censor) };
}
