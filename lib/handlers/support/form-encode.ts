import { cutToBytes } from '../../internal/json-budget.js';
import { pythonRepr, pythonStr } from './python-literal.js';

/** The most bytes of one value; a form is not the place for more. */
const MAX_VALUE_BYTES = 65_536;
/** The most characters of one record's fields, before encoding. */
const MAX_FORM = 262_144;
/** The most fields of one record. */
const MAX_FIELDS = 1_000;
/** What `encodeURIComponent` leaves as it is and Python's `quote_plus` does not, and the space. */
const DIFFERENT = /%20|[!'()*]/g;

/** Attributes that are floats in Python, whatever their value. */
const FLOATS: ReadonlySet<string> = new Set(['created', 'msecs', 'relativeCreated']);

/**
 * Fields as Python's `urllib.parse.urlencode` writes them, with `str()` of each value: `args=%281%2C+%27a%27%29`.
 *
 * `args` is a tuple, as in Python; other lists are lists. At most 1,000 fields, 64 KiB each, 256 KiB together.
 */
export function urlencode(fields: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  let room = MAX_FORM;
  for (const [key, value] of Object.entries(fields)) {
    if (pairs.length === MAX_FIELDS || room <= 0) break;
    const text = cutToBytes(fieldText(key, value), Math.max(1, Math.min(MAX_VALUE_BYTES, room - key.length)));
    pairs.push(`${quotePlus(key)}=${quotePlus(text)}`);
    room -= key.length + text.length;
  }
  return pairs.join('&');
}

function fieldText(key: string, value: unknown): string {
  if (key === 'args' && Array.isArray(value)) return tupleText(value);
  if (typeof value === 'number' && Number.isInteger(value) && FLOATS.has(key)) return `${pythonStr(value)}.0`;
  return pythonStr(value);
}

function tupleText(items: readonly unknown[]): string {
  const inner = pythonRepr(items).slice(1, -1);
  return items.length === 1 ? `(${inner},)` : `(${inner})`;
}

/** Python's `urllib.parse.quote_plus`; half a surrogate pair becomes U+FFFD. */
export function quotePlus(text: string): string {
  return encode(text).replace(DIFFERENT, quoteRest);
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return encodeURIComponent(Buffer.from(text).toString());
  }
}

function quoteRest(match: string): string {
  return match === '%20' ? '+' : `%${match.charCodeAt(0).toString(16).toUpperCase()}`;
}
