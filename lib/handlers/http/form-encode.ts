import { isErrorLike } from '../../core/records/traceback.js';
import { repr, str } from '../../python/python-text.js';
import { cutToBytes } from '../../runtime/cut-text.js';
import { MAX_DEPTH, MAX_ENTRIES, MAX_RECORD, MAX_TEXT } from '../../runtime/limits.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { FLOATS } from '../wire/record-transfer.js';

interface Walk {
  readonly ancestors: object[];
  entriesLeft: number;
}

/**
 * What Python's `str()` gives for what this value is in Python: `None`, `True`, `[1, 'a']`, `{'id': 7}`.
 *
 * For receivers written in Python; people read `str`. Bounded in depth and entries. Never throws.
 */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** What Python's `repr()` gives for what this value is in Python. Never throws. */
export function pythonRepr(value: unknown): string {
  try {
    return literal(value, { ancestors: [], entriesLeft: MAX_ENTRIES });
  } catch {
    return str(value);
  }
}

function literal(value: unknown, walk: Walk): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return repr(value);
  const { ancestors } = walk;
  if (ancestors.includes(value)) return Array.isArray(value) ? '[...]' : '{...}';
  if (ancestors.length >= MAX_DEPTH) return '...';
  ancestors.push(value);
  const text = structure(value, walk);
  ancestors.pop();
  return text;
}

function structure(value: object, walk: Walk): string {
  if (Array.isArray(value)) return `[${within(value, walk, (item) => literal(item, walk))}]`;
  if (value instanceof Map) {
    return `{${within([...value], walk, ([key, item]) => `${literal(key, walk)}: ${literal(item, walk)}`)}}`;
  }
  if (isErrorLike(value) || !isPlainObject(value)) return str(value);
  return `{${within(Object.entries(value), walk, ([key, item]) => `${repr(key)}: ${literal(item, walk)}`)}}`;
}

/** The entries joined, as many as may still be written. */
function within<T>(entries: readonly T[], walk: Walk, write: (entry: T) => string): string {
  const texts: string[] = [];
  for (const entry of entries) {
    if (walk.entriesLeft === 0) {
      texts.push('...');
      break;
    }
    walk.entriesLeft -= 1;
    texts.push(write(entry));
  }
  return texts.join(', ');
}

/** What `encodeURIComponent` leaves as it is and Python's `quote_plus` does not, and the space. */
const DIFFERENT = /%20|[!'()*]/g;

/**
 * Fields as Python's `urllib.parse.urlencode` writes them, with `str()` of each value: `args=%281%2C+%27a%27%29`.
 *
 * `args` is a tuple, as in Python; other lists are lists. At most 1,000 fields, 64 KiB each, 256 KiB together.
 */
export function urlencode(fields: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  let room = MAX_RECORD;
  for (const [key, value] of Object.entries(fields)) {
    if (pairs.length === MAX_ENTRIES || room <= 0) break;
    const text = cutToBytes(fieldText(key, value), Math.max(1, Math.min(MAX_TEXT, room - key.length)));
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
