import { parsePythonLiteral } from '../../python/python-literal-parser.js';
import { isPlainObject } from '../../runtime/plain-object.js';

/** Python's spelling of attributes that are written otherwise here. */
const SPELLINGS: Readonly<Record<string, string>> = {
  __proto__: null as never,
  exc_info: 'excInfo',
  exc_text: 'excText',
  stack_info: 'stackInfo',
};
const NUMBERS: ReadonlySet<string> = new Set([
  ...['levelno', 'lineno', 'created', 'msecs', 'relativeCreated', 'thread', 'process'],
]);
const OPTIONAL: ReadonlySet<string> = new Set(['excInfo', 'excText', 'stackInfo', 'taskName']);

/**
 * The attributes of a record as another process wrote them: JSON or a pickle that was read, or the fields of a form, by
 * this package or by Python.
 *
 * Python's spellings are converted to ours. From a form, numerals become numbers, `'None'` becomes none, and `args` a
 * tuple. An `exc_info` that is text is the traceback, unless there is an `exc_text`.
 */
export function receivedAttributes(given: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const attributes = new Map<string, unknown>();
  for (const key of Object.keys(given)) {
    const name = SPELLINGS[key] ?? key;
    const value = readAttribute(name, given[key]);
    // Of both spellings, the one with a value.
    if (name === key || (value !== undefined && value !== null)) attributes.set(name, value);
  }
  const error = attributes.get('excInfo');
  const text = textOf(error);
  if (text !== undefined) {
    attributes.set('excInfo', undefined);
    if (!attributes.get('excText') && text !== '') attributes.set('excText', text);
  } else if (error === true || error === null) attributes.set('excInfo', undefined);
  return attributes;
}

function readAttribute(name: string, value: unknown): unknown {
  if (name === 'args') return readArgs(value);
  if (typeof value !== 'string')
    return value === null && OPTIONAL.has(name) && name !== 'taskName' ? undefined : value;
  if (value === 'None' && OPTIONAL.has(name)) return name === 'taskName' ? null : undefined;
  return NUMBERS.has(name) && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;
}

/** The arguments: a list, or the one object that `%(key)s` reads. A form has Python's `repr` of them. */
function readArgs(value: unknown): unknown {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'string') return value;
  try {
    const args = parsePythonLiteral(value, () => undefined);
    return args === null || args === undefined
      ? []
      : Array.isArray(args) || isPlainObject(args)
        ? args
        : [args];
  } catch {
    // Text that is not a Python literal: the message is printed as far as possible.
    return [value];
  }
}

/** Lines as Python's `traceback.format_exception` gives them, or one text; `undefined` for an error. */
function textOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  if (!Array.isArray(error)) return undefined;
  return error
    .filter((line) => typeof line === 'string')
    .join('')
    .trimEnd();
}
