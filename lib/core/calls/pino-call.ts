import { defineField, freeName } from '../../runtime/define-field.js';
import { fieldOf, keysOf, propertyOf } from '../../runtime/hostile-values.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import type { Fields } from '../records/log-record.js';
import { isReserved } from '../records/record-attributes.js';
import { isError, type LogCall, messageFrom, noteError } from './call-options.js';
import { errorWithin } from './nested-errors.js';

/** What a pino-shaped logger adds to its calls. */
export interface PinoCallSettings {
  readonly bindings: Fields;
  readonly prefix: string;
  /** Changes a field before it is kept; `undefined` removes it. */
  readonly serialize: (name: string, value: unknown) => unknown;
}

/**
 * Parses a call in pino's order: an object or an Error, a message, and values for its placeholders, which are Node's.
 *
 * Where pino drops what no placeholder takes, an Error is the traceback, a plain object holds fields, and anything else is
 * written after the message. Throws nothing, strict calls or not: a library makes these calls. A field named like an
 * attribute of records is renamed, and that is not reported.
 */
export function readPinoCall(given: readonly unknown[], settings: PinoCallSettings): LogCall {
  const hasText = typeof given[0] !== 'object' && given[0] !== undefined;
  const first = hasText ? undefined : given[0];
  const [message, ...values] = hasText ? given : given.slice(1);
  const fields: Record<string, unknown> = {};
  const call: LogCall = { msg: '', args: [] };
  addEach(fields, settings.bindings, (_name, value) => value);
  const source = httpFields(first) ?? first;
  const own = message === undefined && !isError(source) ? propertyOf(source, 'msg') : undefined;
  const named: Record<string, unknown> = {};
  if (isError(source)) call.excInfo = source;
  else if (Array.isArray(source)) values.push(source);
  else if (source !== undefined && source !== null)
    addEach(named, source as Fields, (name, value) =>
      name === 'msg' && typeof own === 'string' ? undefined : settings.serialize(name, value),
    );
  addEach(fields, named, (_name, value) => value);
  const text = message ?? (typeof own === 'string' ? own : textOfError(source, fields.err));
  if (typeof text !== 'string') place(call, settings.prefix, [text, ...values], fields, settings.serialize);
  else if (text !== '' || values.length > 0 || Object.keys(named).length === 0)
    place(call, settings.prefix + text, values, fields, settings.serialize);
  else {
    // A text that says nothing would lose the fields in formats without them.
    call.msg = `${settings.prefix.replaceAll('%', '%%')}%s`;
    call.args.push(named);
  }
  noteError(call, fields);
  call.excInfo ??= call.fieldError ?? errorWithin(call.args);
  call.extra = fields;
  return call;
}

/** Fields under the names that they have on a record: those of its attributes are taken. */
export function addEach(
  fields: Record<string, unknown>,
  source: Fields,
  serialize: PinoCallSettings['serialize'],
): void {
  const keys = keysOf(source);
  if (keys === undefined) {
    defineField(fields, 'extra', source);
    return;
  }
  for (const key of keys) {
    const value = serialize(key, fieldOf(source, key));
    if (value === undefined) continue;
    const isTaken = (name: string) => isReserved(name) || Object.hasOwn(source, name);
    defineField(fields, isReserved(key) ? freeName(key, isTaken) : key, value);
  }
}

/** Node's requests and responses, in place of fields: never with their headers. */
function httpFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const method = propertyOf(value, 'method');
  if (typeof method === 'string' && propertyOf(value, 'headers') && propertyOf(value, 'socket')) {
    const url = propertyOf(value, 'url');
    return { req: { method, path: typeof url === 'string' ? url.split('?', 1)[0] : undefined } };
  }
  if (typeof propertyOf(value, 'setHeader') === 'function')
    return { res: { statusCode: propertyOf(value, 'statusCode') } };
  return undefined;
}

/** The message of a call that has none: that of its Error, else nothing. */
function textOfError(first: unknown, second: unknown): string {
  if (isError(first)) return messageFrom(first);
  return isError(second) ? messageFrom(second) : '';
}

/** Node's placeholders, as pino knows them, and the other signs that mean something to Python. */
const PLACEHOLDER = /%([sdifjoO%])?/g;

/**
 * The message as a template of Python, whose arguments stay data: they are escaped and redacted as those of any call. What
 * no placeholder takes is the traceback, fields, or written after the message.
 */
function place(
  call: LogCall,
  text: string,
  values: readonly unknown[],
  fields: Record<string, unknown>,
  serialize: PinoCallSettings['serialize'],
): void {
  if (values.length === 0) {
    call.msg = text;
    return;
  }
  let next = 0;
  let template = text.replace(PLACEHOLDER, (found, kind: string | undefined) => {
    if (kind === undefined || next >= values.length) return found === '%%' ? found : `%${found}`;
    if (kind === '%') return found;
    call.args.push(converted(kind, values[next++]));
    return '%s';
  });
  for (const value of values.slice(next)) {
    if (isError(value) && call.excInfo === undefined) call.excInfo = value;
    else if (isPlainObject(value)) addEach(fields, value, serialize);
    else if (value !== undefined) {
      template += template === '' ? '%s' : ' %s';
      call.args.push(value);
    }
  }
  // Without arguments Python leaves a message as it is.
  call.msg = call.args.length === 0 ? template.replaceAll('%%', '%') : template;
}

/** A value as its placeholder shows it. */
function converted(kind: string, value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'bigint') return value;
  try {
    if (kind === 'd' || kind === 'f') return Number(value);
    if (kind === 'i') return Math.trunc(Number(value));
  } catch {
    // A symbol, or an object that will not be a number.
  }
  return value;
}
