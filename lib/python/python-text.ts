import { errorProperties, hasMembers } from '../redaction/error-properties.js';
import { causeOf, isSuppressedError, SUPPRESSION } from '../runtime/error-chain.js';
import { propertyOf } from '../runtime/hostile-values.js';
import { numberText } from './number-format.js';
import { objectText } from './object-text.js';
import { escapeNonAscii, stringRepr } from './string-repr.js';

/**
 * Python's `str(value)` for what both languages have: strings, numbers (an integral number prints as an
 * integer, others as Python's float: `1e-05`, `nan`, `inf`) and BigInts. The rest prints as JavaScript people
 * read it: `true`, `null`, `Error: message`, `{ a: 1 }`. Objects and arrays take one line, bounded in depth
 * and breadth. Never throws, whatever the value does when touched.
 *
 * Differs from Python: `-0` is `0`, since it is what `0 * -1` gives; an error gives its name too.
 */
export function str(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return numberText(value);
    case 'object':
      return value === null ? 'null' : objectText(value);
    case 'function':
      return objectText(value);
    default:
      return String(value);
  }
}

/** Python's `repr(value)`: strings quoted and escaped, all else as {@link str}. Never throws. */
export function repr(value: unknown): string {
  return typeof value === 'string' ? stringRepr(value) : str(value);
}

/** An error on one line: its text, then its own properties, and the errors it refers to, if any. Never throws. */
export function errorLine(error: object): string {
  const details = Object.fromEntries(errorProperties(error));
  const cause = causeOf(error);
  if (cause !== undefined) details.cause = cause;
  if (hasMembers(error)) details.errors = propertyOf(error, 'errors');
  if (isSuppressedError(error)) for (const name of SUPPRESSION) details[name] = propertyOf(error, name);
  return Object.keys(details).length === 0 ? str(error) : `${str(error)} ${str(details)}`;
}

/** Python's `ascii(value)`: `repr` with all that is not ASCII escaped. Never throws. */
export function ascii(value: unknown): string {
  return escapeNonAscii(repr(value));
}

/** What Python's error messages call the type of `value`; types that Python does not have keep JavaScript's name. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'list' : 'object';
    default:
      return typeof value;
  }
}
