import { isErrorLike } from '../../core/traceback.js';
import { repr, str } from '../../internal/python-text.js';

/** How deep lists and objects are followed. */
const MAX_DEPTH = 10;
/** Entries of all lists and objects of one value that are written. */
const MAX_ENTRIES = 1_000;

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
  if (isErrorLike(value) || !isPlain(value)) return str(value);
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

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
