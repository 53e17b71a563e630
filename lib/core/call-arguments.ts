import { types } from 'node:util';
import { countPlaceholders } from '../internal/printf.js';
import { LoggingError } from './errors.js';
import type { Fields } from './log-record.js';
import { isReserved } from './record-attributes.js';

/** Options of a log call: its last argument, if it is a plain object with no other keys than these. */
export interface LogOptions {
  /** Fields for the record: `%(user_id)s` in formats, keys in JSON. May not use names of built-in attributes. */
  extra?: Fields | undefined;
  /** The error, or whatever was thrown: its traceback follows the message. */
  excInfo?: unknown;
  /** Whether the stack at the call follows the message; default false. */
  stackInfo?: boolean | undefined;
  /** Which frame counts as the caller: 1 (default) the one that called the logger, 2 its caller, and so on. */
  stacklevel?: number | undefined;
}

/** A log call's arguments, told apart. */
export interface LogCall {
  msg: unknown;
  args: unknown[];
  options: LogOptions | undefined;
  excInfo: unknown;
}

/**
 * Tells what the arguments of a log call are: values for placeholders, options, the error.
 *
 * @param rest The arguments after the message; options and a surplus error are taken off its end.
 * @param takesAnything Whether a surplus last argument is what was thrown even if it is no Error, as for `exception`.
 * @throws {LoggingError} `ERR_LOGGING_EXTRA_CLASH`
 */
export function readCall(msg: unknown, rest: unknown[], takesAnything: boolean): LogCall {
  const call: LogCall = { msg, args: rest, options: undefined, excInfo: undefined };
  const last = rest[rest.length - 1];
  if (isLogOptions(last)) {
    if (last.extra !== undefined) checkExtra(last.extra);
    call.options = last;
    rest.pop();
    // `true` asks for Python's current exception; JavaScript does not tell which that is.
    if (last.excInfo !== true && last.excInfo !== false && last.excInfo !== null) call.excInfo = last.excInfo;
  }
  if (call.excInfo !== undefined) return call;
  if (rest.length > 0) {
    const surplus = rest[rest.length - 1];
    const qualifies = takesAnything || isError(surplus);
    if (qualifies && rest.length > countPlaceholders(typeof msg === 'string' ? msg : ''))
      call.excInfo = rest.pop();
  }
  if (typeof msg === 'object' && call.excInfo === undefined && rest.length === 0 && isError(msg)) {
    call.excInfo = msg;
    call.msg = messageOf(msg);
  }
  return call;
}

/** An Error of any realm; never runs the traps of a proxy that throws. */
function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isNativeError(value)) return true;
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function messageOf(error: Error): string {
  try {
    return String(error.message || error.name);
  } catch {
    return 'Error';
  }
}

/** True for a plain object that has options of a log call and nothing else; false for whatever cannot be read. */
export function isLogOptions(value: unknown): value is LogOptions {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return false;
    let hasAny = false;
    for (const key in value) {
      if (key !== 'extra' && key !== 'excInfo' && key !== 'stackInfo' && key !== 'stacklevel') return false;
      hasAny = true;
    }
    return hasAny;
  } catch {
    return false;
  }
}

/**
 * Refuses `extra` keys that are built-in attributes, as Python does.
 *
 * @throws {LoggingError} `ERR_LOGGING_EXTRA_CLASH`
 */
function checkExtra(extra: Fields): void {
  const clash = findClash(extra);
  if (clash === undefined) return;
  throw new LoggingError(
    'ERR_LOGGING_EXTRA_CLASH',
    `extra.${clash}: attempt to overwrite '${clash}' of the record; choose another key`,
  );
}

function findClash(extra: Fields): string | undefined {
  try {
    for (const key in extra) {
      if (isReserved(key)) return key;
    }
  } catch {
    // A proxy that does not tell its keys: formatters find out as well.
  }
  return undefined;
}
