import { types } from 'node:util';
import { defineField } from '../../runtime/define-field.js';
import { fieldOf, keysOf } from '../../runtime/hostile-values.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { LoggingError } from '../errors.js';
import { thrownOf } from '../records/computed-attributes.js';
import type { Fields } from '../records/log-record.js';
import { isNotable, isReserved } from '../records/record-attributes.js';
import { state } from '../state.js';

/** Options of a log call: a plain object after the values that the message's placeholders take. */
export interface LogOptions {
  /** Fields for the record: `%(user_id)s` in formats, keys in JSON. One named like an attribute becomes `extra_name`. */
  extra?: Fields | undefined;
  /** The Error whose traceback follows the message; for `exception` whatever was thrown. `true` and `false` do nothing. */
  excInfo?: unknown;
  /** `excInfo` in Python's spelling. */
  exc_info?: unknown;
  /** Whether the stack at the call follows the message; default false. */
  stackInfo?: boolean | undefined;
  /** `stackInfo` in Python's spelling. */
  stack_info?: boolean | undefined;
  /** Which frame counts as the caller: 1 (default) the one that called the logger, 2 its caller, and so on. */
  stacklevel?: number | undefined;
}

/** A log call's parsed arguments. */
export interface LogCall {
  msg: unknown;
  args: unknown[];
  /** Fields; none is named like an attribute of records. */
  extra?: Fields | undefined;
  /** Names of fields that the message sums up. */
  summarized?: ReadonlySet<string> | undefined;
  /** What was thrown. */
  excInfo?: unknown;
  /** Its traceback as a string, if formatters should not make it. */
  excText?: string | undefined;
  stackInfo?: boolean | undefined;
  stacklevel?: number | undefined;
  /** The first field that was renamed because an attribute has its name. */
  clash?: string | undefined;
  /** An Error among the fields, which may become `excInfo`; `null` if none may. */
  fieldError?: unknown;
  /** An Error inside of an object that the message shows; `excInfo` if there is no other. */
  writtenError?: Error | undefined;
}

/** The highest `stacklevel`. */
const MAX_STACKLEVEL = 1_000;

function isOptionName(key: string): boolean {
  switch (key) {
    case 'extra':
    case 'excInfo':
    case 'exc_info':
    case 'stackInfo':
    case 'stack_info':
    case 'stacklevel':
      return true;
    default:
      return false;
  }
}

/**
 * Whether something is a plain object with only `extra`, and no field of it needs special care. Most calls with an
 * object are like that, so this is one pass over the keys of both.
 */
export function hasOrdinaryExtra(value: unknown): value is { extra: Fields } {
  if (typeof value !== 'object' || value === null) return false;
  try {
    // Asked first: to begin a loop over keys the engine lists all of them, and makes strings of the indexes of a buffer.
    if (!isOrdinary(value)) return false;
    const { extra } = value as { extra?: unknown };
    if (typeof extra !== 'object' || extra === null || !isOrdinary(extra)) return false;
    for (const key in value) if (key !== 'extra') return false;
    for (const key in extra) if (isNotable(key)) return false;
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether an object's prototype is that of object literals. Read as a property, which the engine knows ahead for objects of
 * a known shape; `Object.getPrototypeOf` took a call with `extra` 15 % longer. Where Node runs with `--disable-proto` no
 * object is ordinary, and all are read as any other.
 */
function isOrdinary(object: object): boolean {
  // biome-ignore lint/suspicious/noProto: see above
  return (object as { readonly __proto__?: unknown }).__proto__ === Object.prototype;
}

/**
 * Whether an unused plain object holds options. It does if it has no other keys, or if it has `extra` with fields or
 * `excInfo` with an Error: one misspelt option must not turn the others into fields.
 */
export function isOptions(object: Record<string, unknown>): boolean {
  try {
    let hasOption = false;
    let hasOther = false;
    for (const key in object) {
      if (isOptionName(key)) hasOption = true;
      else hasOther = true;
    }
    return (
      hasOption &&
      (!hasOther || isFields(object.extra) || isError(object.excInfo) || isError(object.exc_info))
    );
  } catch {
    return false;
  }
}

/** Whether an object has options and nothing else. */
export function hasOnlyOptions(object: Record<string, unknown>): boolean {
  return isOptions(object) && Object.keys(object).every(isOptionName);
}

/** Marks options of `exception`, whose `excInfo` may be anything. A symbol, so that no received data can have it. */
export const FROM_EXCEPTION: unique symbol = Symbol.for('nestjs-logging.from-exception');

/** Takes the options; anything else, by name or by value, is a field. */
export function takeOptions(call: LogCall, object: Record<string, unknown>, takesAnything: boolean): void {
  const isThrown = takesAnything || Object.hasOwn(object, FROM_EXCEPTION);
  let others: Record<string, unknown> | undefined;
  for (const key in object) {
    const given = fieldOf(object, key);
    const value = key === 'exc_info' ? thrownOf(given) : given;
    if (takeOption(call, key, value, isThrown)) continue;
    others ??= {};
    defineField(others, key, value);
  }
  if (others !== undefined) addFields(call, others);
}

/** @returns Whether it is an option. */
function takeOption(call: LogCall, key: string, value: unknown, takesAnything: boolean): boolean {
  if (value === undefined) return true;
  switch (key) {
    case 'extra':
      if (!isFields(value)) return false;
      addFields(call, value);
      return true;
    case 'excInfo':
    case 'exc_info':
      // Python's `True` asks for the current exception; JavaScript does not know it.
      if (value === true) return true;
      if (value === false || value === null) {
        call.fieldError = null;
        return true;
      }
      if (call.excInfo !== undefined || !(takesAnything || isError(value))) return false;
      call.excInfo = value;
      return true;
    case 'stackInfo':
    case 'stack_info':
      if (typeof value !== 'boolean') return false;
      call.stackInfo = value;
      return true;
    case 'stacklevel':
      if (!Number.isInteger(value) || Math.abs(value as number) > MAX_STACKLEVEL) return false;
      call.stacklevel = value as number;
      return true;
    default:
      return false;
  }
}

/** Whether an object has fields. An array, a Map, a buffer or an Error has none. */
function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  if (isPlainObject(value)) return true;
  try {
    return (
      !Array.isArray(value) && !ArrayBuffer.isView(value) && !isError(value) && Object.keys(value).length > 0
    );
  } catch {
    return false;
  }
}

/**
 * Adds fields to a call. A field gets another name if an attribute of records, or an earlier field, has its own.
 *
 * @throws {LoggingError} `ERR_LOGGING_EXTRA_CLASH` while calls are strict.
 */
export function addFields(call: LogCall, fields: Fields): void {
  const clash = noteError(call, fields);
  if (clash !== undefined && state.strictCalls) throw extraClash(clash);
  if (clash === undefined && call.extra === undefined) {
    call.extra = fields;
    return;
  }
  const merged: Record<string, unknown> = {};
  for (const source of call.extra === undefined ? [fields] : [call.extra, fields]) {
    const keys = keysOf(source);
    if (keys === undefined) addField(call, merged, 'extra', source);
    else for (const key of keys) addField(call, merged, key, fieldOf(source, key));
  }
  call.extra = merged;
}

/**
 * Refuses fields whose name is taken.
 *
 * @throws {LoggingError} `ERR_LOGGING_EXTRA_CLASH`
 */
export function refuseClash(fields: Fields | undefined): void {
  const clash = fields && noteError({ msg: undefined, args: [] }, fields);
  if (clash !== undefined) throw extraClash(clash);
}

function addField(call: LogCall, fields: Record<string, unknown>, key: string, value: unknown): void {
  let name = key;
  if (isReserved(key)) {
    call.clash ??= key;
    name = `extra_${key}`;
  }
  while (Object.hasOwn(fields, name)) {
    if (Object.is(fields[name], value)) return;
    name = `extra_${name}`;
  }
  defineField(fields, name, value);
}

/** Notes the Error that the record is about, and looks for names that are taken. @returns The first such name. */
export function noteError(call: LogCall, fields: Fields): string | undefined {
  let clash: string | undefined;
  try {
    for (const key in fields) {
      if (!isNotable(key)) continue;
      if (isReserved(key)) clash ??= key;
      else if (call.fieldError === undefined) {
        const value = fieldOf(fields, key);
        if (isError(value)) call.fieldError = value;
      }
    }
  } catch {
    // A proxy that does not list its keys: formatters notice too.
  }
  return clash;
}

function extraClash(key: string): LoggingError {
  return new LoggingError(
    'ERR_LOGGING_EXTRA_CLASH',
    `extra.${key}: attempt to overwrite '${key}' of the record; choose another key`,
  );
}

/** An Error of any realm; never runs the traps of a proxy that throws. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isNativeError(value)) return true;
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** The message of a record that was logged with an Error in its place. Throws nothing. */
export function messageFrom(error: Error): string {
  try {
    return String(error.message || error.name);
  } catch {
    return 'Error';
  }
}
