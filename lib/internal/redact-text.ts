import { type SecretKeys, secretKeys } from './secret-keys.js';
import { redactPairs } from './secret-pairs.js';
import { applyScanner, type FormScanner, formScanners, privateKeyScanner } from './secret-scan.js';

/** Characters of one text that are kept; the rest of a longer one is cut off unread. */
export const MAX_TEXT = 65_536;
/** Read beyond them, so that a secret on the edge is seen whole. */
const EDGE = 8_192;
/** No secret can be told in less. */
const SHORTEST = 5;

/** How texts are rid of secrets. */
export interface RedactTextOptions {
  /** What stands in place of a secret. */
  readonly censor: string;
  readonly keys: SecretKeys;
  /** Further patterns; what they match is replaced. All have the flag `g`. */
  readonly patterns: readonly RegExp[];
}

/** What stands in place of a secret unless said otherwise. */
export const CENSOR = '[REDACTED]';

const defaults: RedactTextOptions = { censor: CENSOR, keys: secretKeys(), patterns: [] };

/**
 * A text without the secrets that can be told from it: by their form, or by the name before them.
 *
 * What is longer than 64 Ki characters is cut. Takes time in proportion to the length; throws nothing.
 */
export function redactText(text: string, options: RedactTextOptions = defaults): string {
  if (text.length < SHORTEST) return text;
  if (text.length > MAX_TEXT) return cut(redactShort(text.slice(0, MAX_TEXT + EDGE), options), text.length);
  return redactShort(text, options);
}

function redactShort(text: string, { censor, keys, patterns }: RedactTextOptions): string {
  // A private key goes first: a name before it would take its first word for the whole.
  let result = applyScanner(text, privateKeyScanner, censor);
  result = redactPairs(result, keys, censor);
  for (const scanner of formScanners) result = applyScanner(result, scanner, censor);
  for (const pattern of patterns) result = applyScanner(result, ownScanner(pattern), censor);
  return result;
}

function ownScanner(pattern: RegExp): FormScanner {
  return { hint: '', pattern, replace: ([match], censor) => (match === '' ? undefined : censor) };
}

function cut(text: string, length: number): string {
  const kept = text.slice(0, MAX_TEXT);
  return `${kept}… [${length - MAX_TEXT} more characters]`;
}
