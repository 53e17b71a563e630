import { types } from 'node:util';
import { isClass } from '../runtime/construct.js';
import type { CallerTuple } from './calls/caller.js';
import { LoggingError } from './errors.js';
import {
  isLogRecord,
  LogRecord,
  type LogRecordFactory,
  type LogRecordOptions,
} from './records/log-record.js';
import { reportLoggingError, reportMisuse } from './reports/diagnostics.js';

/*
 * Calls of user code: factories, filters and overridden methods. What they throw or wrongly return is
 * reported and never reaches the log call; a returned promise must not end the process if it rejects.
 */

/**
 * A record made by user code; one of ours, and a report, if it throws or returns something else. @param source For
 * the report.
 */
export function recordBy(make: LogRecordFactory, options: LogRecordOptions, source: object): LogRecord {
  let made: unknown;
  try {
    made = make(options);
  } catch (error) {
    return insteadOf(error, options, source);
  }
  if (isLogRecord(made)) return made;
  settle(made, source);
  return insteadOf(wrongAnswer('the record factory', 'a LogRecord', made), options, source);
}

/** The same, with its fields as attributes: a record that refuses them, as a frozen one does, is not used. */
export function exposedRecordBy(
  make: LogRecordFactory,
  options: LogRecordOptions,
  source: object,
): LogRecord {
  const record = recordBy(make, options, source);
  try {
    return record.expose();
  } catch (error) {
    return insteadOf(error, options, source).expose();
  }
}

function insteadOf(error: unknown, options: LogRecordOptions, source: object): LogRecord {
  const record = new LogRecord(options);
  reportMisuse(source, record, error);
  return record;
}

/** Calls an overridden `isEnabledFor`; if it fails, the level is enabled. */
export function enabledBy(logger: { isEnabledFor(levelno: number): boolean }, levelno: number): boolean {
  try {
    const answer: unknown = logger.isEnabledFor(levelno);
    if (settle(answer, logger)) throw wrongAnswer('isEnabledFor', 'a synchronous boolean', answer);
    return Boolean(answer);
  } catch (error) {
    reportMisuse(logger, undefined, error);
    return true;
  }
}

/** Calls an overridden `findCaller` and stores a valid result in `about`. */
export function callerBy(
  find: (stackInfo: boolean, stacklevel?: number) => CallerTuple,
  about: LogRecordOptions,
  source: object,
): void {
  const hasStack = about.stackInfo !== undefined;
  let answer: unknown;
  try {
    answer = find(hasStack, about.stacklevel);
    if (!Array.isArray(answer)) {
      settle(answer, source);
      throw wrongAnswer('findCaller', '[pathname, lineno, funcName, stackInfo]', answer);
    }
  } catch (error) {
    reportMisuse(source, undefined, error);
    return;
  }
  const [pathname, lineno, funcName, stackInfo] = answer as CallerTuple;
  about.caller = { pathname: String(pathname), lineno: Number(lineno), funcName: String(funcName) };
  if (hasStack && typeof stackInfo === 'string') about.stackInfo = stackInfo;
}

/** A callable factory, from a function or a class. `undefined` for our own class, which needs none. */
export function callableFactory(given: unknown, where: string): LogRecordFactory | undefined {
  if (given === undefined || given === null || given === LogRecord) return undefined;
  if (typeof given !== 'function') {
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `${where}: expected a function or a class that makes LogRecords, got ${typeof given}`,
    );
  }
  if (!isClass(given) && !isLogRecord(given.prototype)) return given as LogRecordFactory;
  const RecordClass = given as new (options: LogRecordOptions) => LogRecord;
  return (options) => new RecordClass(options);
}

/** Gives a record to a handler or logger, whatever its `handle` does: the next one still gets the record. */
export function handOver(handler: { handle(record: LogRecord): unknown }, record: LogRecord): void {
  try {
    const passed: unknown = handler.handle(record);
    if (passed !== record && passed !== false && passed !== undefined) settle(passed, handler, record);
  } catch (error) {
    reportMisuse(handler, record, error);
  }
}

/**
 * The record that a filter or an overridden `filter` lets pass; `undefined` if it drops it.
 *
 * @param answer `true`, another record, or anything else that is not falsy.
 * @throws {LoggingError} `ERR_LOGGING_OVERRIDE` for a promise: its value is not known while the record is handled.
 */
export function passedBy(answer: unknown, record: LogRecord, source: object): LogRecord | false {
  if (answer === true || answer === record) return record;
  if (!answer) return false;
  if (isLogRecord(answer)) return answer;
  if (!settle(answer, source, record)) return record;
  throw wrongAnswer('filter', 'true, false or a record, synchronously', answer);
}

/**
 * The result of an overridden method that has to return a record. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it
 * does not.
 */
export function recordFrom(answer: unknown, what: string, source: object, record: LogRecord): LogRecord {
  if (isLogRecord(answer)) return answer;
  settle(answer, source, record);
  throw wrongAnswer(what, 'a LogRecord at once', answer);
}

/** Whether an overridden method returns true. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` for a promise. */
export function yesBy(answer: unknown, what: string, source: object, record: LogRecord): boolean {
  if (typeof answer === 'boolean') return answer;
  if (settle(answer, source, record)) throw wrongAnswer(what, 'a synchronous boolean', answer);
  return Boolean(answer);
}

/**
 * The string from an overridden `format`, or another method. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it is
 * not one.
 */
export function textBy(answer: unknown, source: object, record: LogRecord, what = 'format'): string {
  if (typeof answer === 'string') return answer;
  settle(answer, source, record);
  throw wrongAnswer(what, 'a string', answer);
}

/** The bytes from an overridden method. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if they are not. */
export function bytesBy(answer: unknown, what: string, source: object, record?: LogRecord): Buffer {
  if (Buffer.isBuffer(answer)) return answer;
  if (types.isUint8Array(answer)) return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  settle(answer, source, record);
  throw wrongAnswer(what, 'a Buffer at once', answer);
}

/**
 * The fields from an overridden method, an object by name. @throws {LoggingError} `ERR_LOGGING_OVERRIDE` if it is not
 * one.
 */
export function fieldsBy(
  answer: unknown,
  what: string,
  source: object,
  record?: LogRecord,
): Record<string, unknown> {
  const isPromise = settle(answer, source, record);
  if (typeof answer === 'object' && answer !== null && !isPromise && !Array.isArray(answer)) {
    return answer as Record<string, unknown>;
  }
  throw wrongAnswer(what, 'a synchronous object of fields', answer);
}

/**
 * Whether a result is a promise. If it rejects, that is reported: nobody else waits for it.
 *
 * @param report Default: as an error of `source`.
 */
export function settle(
  answer: unknown,
  source: object,
  record?: LogRecord,
  report: (error: unknown) => void = (error) => reportLoggingError(source, record, error),
): answer is PromiseLike<unknown> {
  if (typeof answer !== 'object' || answer === null || isLogRecord(answer)) return false;
  try {
    const { then } = answer as Partial<PromiseLike<unknown>>;
    if (typeof then !== 'function') return false;
    then.call(answer, undefined, report);
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

/** The error for a result of the wrong kind. */
export function wrongAnswer(what: string, expected: string, got: unknown): LoggingError {
  return new LoggingError('ERR_LOGGING_OVERRIDE', `${what}: expected ${expected}, got ${kindOf(got)}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return value === undefined ? 'nothing' : typeof value;
  if (Array.isArray(value)) return 'an array';
  return types.isPromise(value) ? 'a promise' : 'another object';
}
