import { cutAndCount } from '../runtime/cut-text.js';
import { MAX_TEXT } from '../runtime/limits.js';
import { type SecretKeys, secretKeys } from './secret-keys.js';
import { redactPairs } from './secret-pairs.js';
import { applyScanner, type FormScanner, formScanners, privateKeyScanner } from './secret-scan.js';

/** Characters read beyond the limit, so that a secret at the end is seen whole. */
const EDGE = 8_192;
/** No secret can be recognised in less. */
const SHORTEST = 5;

// What a string must contain for one of the patterns below to match; most strings contain none of it.

/** What separates a name from its value, quotes, and what is in most credentials of services. */
const MARKS = /[:=>%"'`_]/;
/** Other credentials. Without the flag `i`, which would take three times as long. */
const BEGINNINGS =
  /[Bb][Ee][Aa][Rr]|[Bb][Aa][Ss][Ii]|eyJ|PRIVATE|A(?:KIA|SIA|BIA|CCA|Iza)|ya29|SG\.|hv[sb]\.|(?:SK|AC)[0-9a-f]|hooks\.sl/;
/** Options of programs, and credentials with a hyphen. */
const HYPHENS = /(?:^|[^\w-])--?[A-Za-z]|(?:gl(?:pat|ptt|rt|dt|cbt)|xox[abeoprs]|xapp|sk|GOCSPX|pypi)-/;

function isSuspect(text: string): boolean {
  return MARKS.test(text) || BEGINNINGS.test(text) || (text.includes('-') && HYPHENS.test(text));
}

/** How secrets are removed from strings. */
export interface RedactTextOptions {
  /** What replaces a secret. */
  readonly censor: string;
  readonly keys: SecretKeys;
  /** More patterns; what they match is replaced. All have the flag `g`. */
  readonly patterns: readonly RegExp[];
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
  for (const scanner of formScanners) result = applyScanner(result, scanner, censor);
  for (const pattern of patterns) result = applyScanner(result, ownScanner(pattern), censor);
  return result;
}

function ownScanner(pattern: RegExp): FormScanner {
  return { hint: '', pattern, replace: ([match], censor) => (match === '' ? undefined : censor) };
}
