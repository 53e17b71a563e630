import { lazy } from '../runtime/lazy.js';

/** What `repr` must look at more closely: anything but printable ASCII, quotes and the backslash. */
const NEEDS_CARE = /[^\x20-\x7e]|['\\]/;
/**
 * Characters for which Python's `str.isprintable` is false, except the space. Made when it is first needed, like all
 * expressions that name classes of Unicode: they are slow to compile.
 */
const notPrintable = lazy(() => /[\p{C}\p{Z}]/u);
const NOT_ASCII = /[^\x00-\x7f]/;

/**
 * Python's `repr` of a string: in single quotes, or in double quotes where it holds single ones only;
 * what is not printable is escaped.
 */
export function stringRepr(text: string): string {
  if (!NEEDS_CARE.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let quoted = quote;
  for (const character of text) quoted += reprCharacter(character, quote);
  return quoted + quote;
}

/** Escapes all that is not ASCII, as Python's `ascii` does after `repr`. */
export function escapeNonAscii(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  let escaped = '';
  for (const character of text) escaped += character <= '\x7f' ? character : hexEscape(character);
  return escaped;
}

function reprCharacter(character: string, quote: string): string {
  switch (character) {
    case quote:
    case '\\':
      return `\\${character}`;
    case '\t':
      return '\\t';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case ' ':
      return ' ';
    default:
      return notPrintable().test(character) ? hexEscape(character) : character;
  }
}

function hexEscape(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
