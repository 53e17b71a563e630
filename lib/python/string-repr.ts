import { lazyPattern } from '../runtime/lazy.js';

/**
 * What `repr` must look at more closely: quotes, the backslash, and all but printable ASCII, Latin, Cyrillic and Chinese,
 * in whose ranges everything is printable. One class, without alternatives: a third faster.
 */
const NEEDS_CARE = /[^ -&(-[\]-~\xa1-\xac\xae-\u0377\u0400-\u052f\u4e00-\u9fff]/;
/** What is escaped of ASCII, in single and in double quotes: far faster than the classes of Unicode below. */
const IN_SINGLE = /[\0-\x1f\x7f'\\]/g;
const IN_DOUBLE = /[\0-\x1f\x7f\\]/g;
/**
 * The same of all characters: those for which Python's `str.isprintable` is false, except the space. Made when they are
 * first needed, like all expressions that name classes of Unicode.
 */
const unicodeInSingle = lazyPattern(String.raw`['\\]|(?! )[\p{C}\p{Z}]`, 'gu');
const unicodeInDouble = lazyPattern(String.raw`\\|(?! )[\p{C}\p{Z}]`, 'gu');
const NOT_ASCII = /[^\0-\x7f]/;
const ALL_NOT_ASCII = /[^\0-\x7f]/gu;

/**
 * Python's `repr` of a string: in single quotes, or in double quotes where it holds single ones only;
 * what is not printable is escaped.
 */
export function stringRepr(text: string): string {
  if (!NEEDS_CARE.test(text)) return `'${text}'`;
  const isInDouble = text.includes("'") && !text.includes('"');
  const quote = isInDouble ? '"' : "'";
  return quote + text.replace(escapedIn(text, isInDouble), escaped) + quote;
}

function escapedIn(text: string, isInDouble: boolean): RegExp {
  if (NOT_ASCII.test(text)) return isInDouble ? unicodeInDouble() : unicodeInSingle();
  return isInDouble ? IN_DOUBLE : IN_SINGLE;
}

/** Escapes all that is not ASCII, as Python's `ascii` does after `repr`. */
export function escapeNonAscii(text: string): string {
  return NOT_ASCII.test(text) ? text.replace(ALL_NOT_ASCII, hexEscape) : text;
}

function escaped(character: string): string {
  switch (character) {
    case "'":
    case '\\':
      return `\\${character}`;
    case '\t':
      return '\\t';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    default:
      return hexEscape(character);
  }
}

function hexEscape(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
