import { str } from '../../python/python-text.js';
import { brand, branded } from '../../runtime/brand.js';
import { defineField, joinFields } from '../../runtime/define-field.js';
import { fieldOf, keysOf } from '../../runtime/hostile-values.js';
import { type CallBoundary, type CallerInfo, captureCallStack, findCaller } from '../calls/caller.js';
import { isMapping, mergeMessage } from '../calls/merge-message.js';
import { ComputedAttributes } from './computed-attributes.js';
import {
  type CompleteOptions,
  completeOptions,
  type Fields,
  type LogRecordOptions,
} from './log-record-options.js';
import { isReserved, RESERVED_ATTRIBUTES } from './record-attributes.js';

export type { Fields, LogRecordOptions } from './log-record-options.js';

/** A traceback that a formatter wrote, for other formatters that would write the same. */
export interface WrittenTraceback {
  readonly text: string;
  /** What wrote it: the formatter if it has a `formatException` of its own, else the function that all others use. */
  readonly by: unknown;
  readonly of: unknown;
}

/** The `extra` of the call, or `undefined`. Internal: read {@link LogRecord.extraFields}. */
export const EXTRA: unique symbol = Symbol.for('nestjs-logging.record.extra');
/** The context's fields at the call, or `undefined`. Internal: read {@link LogRecord.extraFields}. */
export const CONTEXT: unique symbol = Symbol.for('nestjs-logging.record.context');
/** Names of `extra` fields that the message sums up, or `undefined`. Internal. */
export const SUMMARIZED: unique symbol = Symbol.for('nestjs-logging.record.summarized');
/** See {@link LogRecordOptions.boundary}. Internal. */
export const BOUNDARY: unique symbol = Symbol.for('nestjs-logging.record.boundary');
/** See {@link LogRecordOptions.stacklevel}. Internal. */
export const STACKLEVEL: unique symbol = Symbol.for('nestjs-logging.record.stacklevel');
/** The traceback as a formatter wrote it, or `undefined`. Internal: read {@link LogRecord.excText}. */
export const TRACEBACK: unique symbol = Symbol.for('nestjs-logging.record.traceback');
/** The caller, once it was read or given. Internal: read {@link LogRecord.caller}. */
export const CALLER: unique symbol = Symbol.for('nestjs-logging.record.caller');
/**
 * Gives the record that this one is a copy of; `undefined` for others. A WeakMap would take half of the time of copying. A
 * function, since what prints a copy must not print the secrets of the original. Internal.
 */
export const ORIGINAL: unique symbol = Symbol.for('nestjs-logging.record.original');
/** Whether the fields were made attributes. They may have changed since, so they are read from there. Internal. */
export const EXPOSED: unique symbol = Symbol.for('nestjs-logging.record.exposed');

/**
 * One event: made by a logger for each enabled call, then passed to filters and handlers.
 *
 * Attributes have Python's names. What few formats use (caller, process, thread) is computed when read;
 * read it during the call, or, in a handler that keeps records for later, before `emit` returns.
 *
 * @see https://docs.python.org/3/library/logging.html#logrecord-objects
 */
export class LogRecord extends ComputedAttributes {
  [attribute: string]: unknown;

  // Declared, not defined: the constructor sets them all, and defining them first costs more than all the rest.

  /** Name of the logger that was called. */
  declare name: string;
  /** Level as a number. */
  declare levelno: number;
  /** Level as text. */
  declare levelname: string;
  /** The message before its arguments are merged in. */
  declare msg: unknown;
  /** Positional arguments, or the one object that `%(key)s` reads. */
  declare args: readonly unknown[] | object;
  /** Time of the call: seconds since the epoch, with a fraction. */
  declare created: number;
  /** The error, or another thrown value; `undefined`, `null` or `false` if there is none. */
  declare excInfo: unknown;
  /**
   * Traceback as text. What a filter sets, or what was received with the record, is printed in place of the error's;
   * otherwise it is what the last formatter wrote.
   *
   * Differs from Python: a formatter with its own tracebacks writes them even if another came first.
   */
  declare excText: string | undefined;
  /** Stack at the call as text, if requested. */
  declare stackInfo: string | undefined;
  /** The merged message; set by formatters. */
  declare message: string | undefined;
  /** The formatted time; set by formatters whose format has it. */
  declare asctime: string | undefined;

  /** @internal */ declare [EXTRA]: Fields | undefined;
  /** @internal */ declare [CONTEXT]: Fields | undefined;
  /** @internal */ declare [SUMMARIZED]: ReadonlySet<string> | undefined;
  /** @internal */ declare [BOUNDARY]: CallBoundary | undefined;
  /** @internal */ declare [STACKLEVEL]: number;
  /** @internal */ declare [CALLER]: CallerInfo | undefined;
  /** @internal */ declare [EXPOSED]: boolean;
  /** @internal */ declare [TRACEBACK]: WrittenTraceback | undefined;
  /** @internal */ declare [ORIGINAL]: (() => LogRecord) | undefined;

  /**
   * @param isComplete Whether the options leave nothing out, as those of loggers: the engine would not inline a
   * constructor that checks each of them.
   */
  constructor(options: LogRecordOptions = {}, isComplete = false) {
    super();
    const given = isComplete ? (options as CompleteOptions) : completeOptions(options);
    this.name = given.name;
    this.levelno = given.levelno;
    this.levelname = given.levelname;
    this.msg = given.msg;
    this.args = Array.isArray(given.args) && given.args.length === 1 ? mappingOr(given.args) : given.args;
    this.created = given.created;
    this.excInfo = given.excInfo;
    this.excText = given.excText;
    this.stackInfo = given.stackInfo;
    this.message = undefined;
    this.asctime = undefined;
    this[EXTRA] = given.extra;
    this[CONTEXT] = given.context;
    this[SUMMARIZED] = given.summarized;
    this[BOUNDARY] = given.boundary;
    this[STACKLEVEL] = given.stacklevel;
    this[CALLER] = given.caller;
    this[EXPOSED] = false;
    this[TRACEBACK] = undefined;
    this[ORIGINAL] = undefined;
  }

  /**
   * The message with its arguments merged in; those that do not fit are written after it.
   *
   * @throws {TemplateError} While calls are strict (see `setStrictCalls`), where Python's `%` would throw, for example
   * for too few arguments.
   * @see https://docs.python.org/3/library/logging.html#logging.LogRecord.getMessage
   */
  getMessage(): string {
    return mergeMessage(this);
  }

  /**
   * Where the call was made; the stack is read once, at the first use.
   *
   * Costs about 10 µs, so nothing reads it unless a format names it.
   */
  override caller(): CallerInfo {
    let caller = this[CALLER];
    if (caller === undefined) {
      caller = findCaller(this[BOUNDARY], this[STACKLEVEL]);
      this[CALLER] = caller;
    }
    return caller;
  }

  /**
   * The fields that are not attributes of every record: the context's, then `extra`, then what filters set; without those
   * that filters have deleted.
   *
   * Later ones win. Keep the object if you like, but do not change it.
   */
  extraFields(): Fields {
    const extra = this[EXTRA];
    const context = this[CONTEXT];
    if (!this[EXPOSED])
      return context === undefined
        ? (extra ?? NO_FIELDS)
        : extra === undefined
          ? context
          : joinFields(context, extra);
    const fields: Record<string, unknown> = { ...context, ...extra };
    // A field that became an attribute, and was deleted by a filter, is gone.
    for (const key of Object.keys(fields))
      if (!Object.hasOwn(this, key) && !isTaken(key)) Reflect.deleteProperty(fields, key);
    for (const key of Object.keys(this)) {
      if (!RESERVED_ATTRIBUTES.has(key)) defineField(fields, key, this[key]);
    }
    return fields;
  }

  /**
   * An attribute, an `extra` field or a context field by name; `undefined` if there is none.
   *
   * Never reads inherited properties.
   */
  attribute(name: string): unknown {
    if (Object.hasOwn(this, name)) return this[name];
    // It became an attribute, and a filter has deleted it.
    if (this[EXPOSED] && !isTaken(name)) return undefined;
    const extra = this[EXTRA];
    if (extra !== undefined && Object.hasOwn(extra, name)) return extra[name];
    const context = this[CONTEXT];
    if (context !== undefined && Object.hasOwn(context, name)) return context[name];
    return RESERVED_ATTRIBUTES.has(name) ? this[name] : undefined;
  }

  /** Whether the record has an attribute, an `extra` field or a context field of that name, whatever its value. */
  hasAttribute(name: string): boolean {
    if (Object.hasOwn(this, name) || RESERVED_ATTRIBUTES.has(name)) return true;
    if (this[EXPOSED] && !isTaken(name)) return false;
    const extra = this[EXTRA];
    const context = this[CONTEXT];
    return (
      (extra !== undefined && Object.hasOwn(extra, name)) ||
      (context !== undefined && Object.hasOwn(context, name))
    );
  }

  /**
   * Makes `extra` and context fields attributes of the record, as they are in Python.
   *
   * Done before the user's code sees the record, so that a filter may read `record.user_id`. Fields with a name that
   * records have (`msg`) or inherit (`getMessage`, `constructor`, `__proto__`) stay apart.
   */
  expose(): this {
    if (this[EXPOSED]) return this;
    this[EXPOSED] = true;
    for (const fields of [this[CONTEXT], this[EXTRA]]) {
      if (fields === undefined) continue;
      for (const key of keysOf(fields) ?? []) {
        if (!isTaken(key)) defineField(this, key, fieldOf(fields, key));
      }
    }
    return this;
  }

  /** All attributes as a plain object, as Python's `record.__dict__`: for sending or storing. */
  toDict(): Record<string, unknown> {
    const dict: Record<string, unknown> = {};
    for (const key of RESERVED_ATTRIBUTES) dict[key] = this[key];
    for (const fields of [this[CONTEXT], this[EXTRA], this[EXPOSED] ? this : undefined]) {
      if (fields === undefined) continue;
      for (const key of keysOf(fields) ?? []) {
        if (fields === this ? !RESERVED_ATTRIBUTES.has(key) : !this[EXPOSED] || isTaken(key))
          defineField(dict, key, fieldOf(fields, key));
      }
    }
    return dict;
  }

  override toString(): string {
    const { pathname, lineno } = this;
    return `<LogRecord: ${this.name}, ${this.levelno}, ${pathname}, ${lineno}, "${str(this.msg)}">`;
  }
}
brand(LogRecord.prototype, 'record');

/** Python: a single mapping is what `%(key)s` reads, unless it is empty. */
function mappingOr(args: readonly unknown[]): readonly unknown[] | object {
  return isMapping(args[0]) ? args[0] : args;
}

const NO_FIELDS: Fields = {};

/** True for records of any copy of this package. */
export const isLogRecord = branded<LogRecord>('record');

/**
 * The stack from the log call on, as V8 prints it, while that call runs; `''` afterwards, and for records made by
 * hand.
 */
export function callStackOf(record: LogRecord): string {
  const boundary = record[BOUNDARY];
  return boundary === undefined ? '' : captureCallStack(boundary);
}

/** Whether a record has or inherits something of that name. Fields of a context or a callback that take it are left out. */
export function isTaken(name: string): boolean {
  return isReserved(name) || name in LogRecord.prototype;
}

/** Makes the record of a log call. @see https://docs.python.org/3/library/logging.html#logging.setLogRecordFactory */
export type LogRecordFactory = (options: LogRecordOptions) => LogRecord;

/** A class of records, which `setLogRecordFactory` takes too. */
export type LogRecordClass = new (options?: LogRecordOptions) => LogRecord;
