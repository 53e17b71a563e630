import { rememberPassed } from '../passed-texts.js';
import { joinPlainLines } from './plain-lines.js';

/** Up to this length a loop over the characters is faster than starting a regular expression. */
const SHORT = 16;

// What JSON forbids, and what would control a terminal or mislead a reader: DEL, C1, bidirectional marks and overrides,
// Unicode's line separators. Lone surrogates too, which UTF-8 cannot hold.
const SUSPECT = /["\\\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/;
/** Three ranges that hold none of these: faster to test, and most strings contain nothing else. */
const UNUSUAL = /[^ !#-[\]-~]/;
/** What those are among: one range, which is faster to test than theirs. */
const BEYOND_ASCII = /[^\0-~]/;
/** Those of them that `JSON.stringify` lets pass. */
const PASSED_BY_STRINGIFY = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const ALL_PASSED_BY_STRINGIFY = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A string in JSON, with its quotes.
 *
 * Escapes more than `JSON.stringify`: no terminal control character is left, and the result is always one line.
 */
export function jsonString(text: string): string {
  return isPlain(text) ? `"${text}"` : unusualString(text);
}

/** The same for one that {@link isPlain} is false of. */
function unusualString(text: string): string {
  return SUSPECT.test(text) ? escaped(text) : `"${text}"`;
}

/** Whether a string has only ASCII that needs no escape in JSON; other strings may need none either. */
export function isPlain(text: string): boolean {
  const { length } = text;
  // The first character is read so that the engine joins the pieces of a concatenated text: a regular expression does so too,
  // but takes a text of 50 characters twice as long.
  if (length > SHORT) return text.charCodeAt(0) <= 0x7e && !UNUSUAL.test(text);
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7e || code < 0x20 || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

/**
 * A string as written between the quotes of a JSON string.
 *
 * @param indent What each line but the first begins with; harmless itself.
 */
export function jsonLines(text: string, indent: string): string {
  const newline = `\\n${indent}`;
  return (
    joinPlainLines(text, newline) ??
    text
      .split('\n')
      .map((line) => jsonString(line).slice(1, -1))
      .join(newline)
  );
}

/** {@link jsonString} for messages, of which many are the same. */
export function jsonMessageWriter(): (message: string) => string {
  const hasPassed = rememberPassed(isPlain);
  return (message) => (hasPassed(message) ? `"${message}"` : unusualString(message));
}

function escaped(text: string): string {
  const plain = joinPlainLines(text, '\\n');
  if (plain !== undefined) return `"${plain}"`;
  return escapePassed(JSON.stringify(text));
}

/** What `JSON.stringify` made, with the characters escaped that it lets pass. */
export function escapePassed(json: string): string {
  // Its first character is read for the same reason as in `isPlain`: the engine made it in pieces.
  const hasPassed = json.charCodeAt(0) !== 0 && BEYOND_ASCII.test(json) && PASSED_BY_STRINGIFY.test(json);
  return hasPassed ? json.replace(ALL_PASSED_BY_STRINGIFY, unicodeEscape) : json;
}

/** `\u0085` for a character of the basic plane. */
export function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
