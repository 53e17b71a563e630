/** The attributes every record has; `extra` may not use their names. */
export const RESERVED_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['name', 'levelno', 'levelname', 'msg', 'args', 'created', 'msecs', 'relativeCreated'],
  ...['pathname', 'filename', 'module', 'lineno', 'funcName'],
  ...['thread', 'threadName', 'process', 'processName', 'taskName'],
  ...['excInfo', 'excText', 'stackInfo', 'message', 'asctime'],
]);

/** The attributes' names, and Python's spelling of those that are written otherwise here. */
const RESERVED: ReadonlySet<string> = new Set([...RESERVED_ATTRIBUTES, 'exc_info', 'exc_text', 'stack_info']);
/** Field names under which an Error becomes the record's `excInfo`. */
const ERROR_FIELDS: ReadonlySet<string> = new Set(['err', 'error', 'exception', 'cause']);
/** The lengths of the names above, one bit for each length. The index is the last five bits of a name's first letter. */
const LENGTHS = lengthsByLetter([...RESERVED, ...ERROR_FIELDS]);

/** Whether `extra` may not have a field of that name, as in Python. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/**
 * Whether a field of that name needs special care: it is reserved, or an Error there is the record's traceback. For most
 * names the first letter and the length are enough to say no.
 */
export function isNotable(name: string): boolean {
  if (((LENGTHS[name.charCodeAt(0) & 31]! >> name.length) & 1) === 0) return false;
  return RESERVED.has(name) || ERROR_FIELDS.has(name);
}

function lengthsByLetter(names: readonly string[]): Int32Array {
  const lengths = new Int32Array(32);
  for (const name of names) lengths[name.charCodeAt(0) & 31]! |= 1 << name.length;
  return lengths;
}
