import { joinFields } from '../../runtime/define-field.js';
import { isLent, type LentFunctions, LOG_METHODS, lendMethodsOf } from '../calls/bound-methods.js';
import { readCall } from '../calls/call-arguments.js';
import {
  addFields,
  FROM_EXCEPTION,
  type LogCall,
  type LogOptions,
  takeOptions,
} from '../calls/call-options.js';
import { logAtUnknownLevel } from '../calls/call-reports.js';
import type { CallBoundary } from '../calls/caller.js';
import type { LogArguments } from '../calls/log-arguments.js';
import { LoggingError } from '../errors.js';
import { CRITICAL, DEBUG, ERROR, findLevel, getLevelName, INFO, type Level, WARNING } from '../levels.js';
import { enabledBy, settle, wrongAnswer } from '../overrides.js';
import type { Fields } from '../records/log-record.js';
import { reportMisuse } from '../reports/diagnostics.js';
import { state } from '../state.js';
import type { Logger } from './logger.js';

/** What an adapter can wrap: a logger, or another adapter. */
export type AdapterTarget = Pick<
  Logger,
  | 'name'
  | 'manager'
  | 'logFrom'
  | 'logRead'
  | 'log'
  | 'isEnabledFor'
  | 'getEffectiveLevel'
  | 'setLevel'
  | 'hasHandlers'
>;

/** Options of {@link LoggerAdapter}. */
export interface LoggerAdapterOptions {
  /**
   * Whether a call keeps its own fields next to the adapter's. Where both have one, the call's wins. With `false` the
   * adapter's fields replace the call's. Default true; false while calls are strict, as in Python.
   */
  merge_extra?: boolean | undefined;
}

/**
 * A logger with fields of its own: everything logged through it carries `extra`.
 *
 * Override {@link LoggerAdapter.process} to change messages or options. Override {@link LoggerAdapter.log} to change how
 * anything is logged: all other methods then go through it.
 *
 * @example
 * const log = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' }, { merge_extra: true });
 * @see https://docs.python.org/3/library/logging.html#loggeradapter-objects
 */
export class LoggerAdapter {
  static {
    lendMethodsOf(LoggerAdapter.prototype, LOG_METHODS, (object) => {
      // To ask first, with `in`, takes twice as long.
      try {
        return (object as LoggerAdapter).#lent;
      } catch {
        return undefined;
      }
    });
  }

  readonly #lent: LentFunctions = [];
  private readonly mergesExtra: boolean | undefined;

  constructor(
    readonly logger: AdapterTarget,
    readonly extra?: Fields | undefined,
    options: LoggerAdapterOptions | boolean = {},
  ) {
    this.mergesExtra = typeof options === 'boolean' ? options : options.merge_extra;
  }

  /** Whether a call's own fields are kept next to the adapter's. */
  get merge_extra(): boolean {
    return this.mergesExtra ?? !state.strictCalls;
  }

  /**
   * Changes the message and the options of a call.
   *
   * @param options The call's options: `extra` has its fields, however they were given.
   * @returns The message and the options that are logged.
   * @see https://docs.python.org/3/library/logging.html#logging.LoggerAdapter.process
   */
  process(msg: unknown, options: LogOptions): [msg: unknown, options: LogOptions] {
    const extra =
      this.merge_extra && options.extra !== undefined
        ? joinFields(this.extra ?? {}, options.extra)
        : this.extra;
    return [msg, extra === undefined ? options : { ...options, extra }];
  }

  debug<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.debug, DEBUG, msg, args);
  }

  info<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.info, INFO, msg, args);
  }

  warning<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.warning, WARNING, msg, args);
  }

  warn<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.warn, WARNING, msg, args);
  }

  error<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.error, ERROR, msg, args);
  }

  exception<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.exception, ERROR, msg, args, true);
  }

  critical<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.critical, CRITICAL, msg, args);
  }

  fatal<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    this.logCall(this.fatal, CRITICAL, msg, args);
  }

  log<const M, A extends unknown[]>(level: Level, msg: M, ...args: LogArguments<M, A>): void {
    const levelno = findLevel(level);
    if (levelno === undefined) logAtUnknownLevel(this, this.log, level, msg, args);
    else this.logFrom(this.log, levelno, msg, args);
  }

  /** If a class overrides `log`, every call goes through it, as in Python. */
  private logCall(
    boundary: CallBoundary,
    levelno: number,
    msg: unknown,
    args: unknown[],
    takesAnything = false,
  ): void {
    if (isLent(this.log, log)) {
      this.logFrom(boundary, levelno, msg, args, takesAnything);
      return;
    }
    this['#logByOverride'](levelno, takesAnything ? withErrorInOptions(msg, args) : [msg, ...args]);
  }

  /** `findCaller` knows its name: a stacklevel counts neither this frame nor the two above it. */
  private '#logByOverride'(levelno: number, call: readonly unknown[]): void {
    try {
      settle(this.log(levelno, call[0], ...call.slice(1)), this);
    } catch (error) {
      if (isExtraClash(error)) throw error;
      reportMisuse(this, undefined, error);
    }
  }

  /** See {@link Logger.logFrom}. */
  logFrom(
    boundary: CallBoundary,
    levelno: number,
    msg: unknown,
    args: unknown[],
    takesAnything = false,
  ): void {
    if (enabledBy(this, levelno)) this.logRead(boundary, levelno, readCall(msg, args, takesAnything));
  }

  /** See {@link Logger.logRead}. */
  logRead(boundary: CallBoundary, levelno: number, call: LogCall): void {
    this.logger.logRead(boundary, levelno, this.processedCall(call));
  }

  private processedCall(call: LogCall): LogCall {
    const given = call.extra;
    try {
      if (this.process === process) return this.withOwnFields(call);
      const [msg, options] = this.processSafely(call.msg, optionsOf(call));
      return withOptions({ ...call, msg }, options);
    } catch (error) {
      if (isExtraClash(error)) throw error;
      // Fields that cannot be read.
      reportMisuse(this, undefined, error);
      call.extra = given;
      return call;
    }
  }

  /** {@link LoggerAdapter.process} without its objects, for speed. */
  private withOwnFields(call: LogCall): LogCall {
    const { extra } = this;
    if (extra === undefined) return call;
    const merged = call.extra !== undefined && this.merge_extra ? joinFields(extra, call.extra) : extra;
    call.extra = undefined;
    addFields(call, merged);
    return call;
  }

  /** If `process` throws or returns something else, that is reported and the call is logged unchanged. */
  private processSafely(msg: unknown, options: LogOptions): [msg: unknown, options: LogOptions] {
    try {
      const answer: unknown = this.process(msg, options);
      if (Array.isArray(answer)) return [answer[0], answer[1] ?? {}];
      settle(answer, this);
      reportMisuse(this, undefined, wrongAnswer('process', '[msg, options]', answer));
    } catch (error) {
      reportMisuse(this, undefined, error);
    }
    return process.call(this, msg, options);
  }

  get name(): string {
    return this.logger.name;
  }

  /** The manager of the logger beneath. */
  get manager(): Logger['manager'] {
    return this.logger.manager;
  }
  set manager(manager: Logger['manager']) {
    this.logger.manager = manager;
  }

  isEnabledFor(level: Level): boolean {
    return this.logger.isEnabledFor(level);
  }

  getEffectiveLevel(): number {
    return this.logger.getEffectiveLevel();
  }

  setLevel(level: Level): void {
    this.logger.setLevel(level);
  }

  hasHandlers(): boolean {
    return this.logger.hasHandlers();
  }

  toString(): string {
    return `<${this.constructor.name} ${this.name} (${getLevelName(this.getEffectiveLevel())})>`;
  }
}

const { log, process } = LoggerAdapter.prototype;

/** The arguments of `exception`, for any thrown value, for a `log` that takes an error in its options. */
function withErrorInOptions(msg: unknown, rest: readonly unknown[]): readonly unknown[] {
  const call = readCall(msg, [...rest], true);
  return call.excInfo === undefined
    ? [msg, ...rest]
    : [call.msg, ...call.args, { ...optionsOf(call), [FROM_EXCEPTION]: true }];
}

/** The options of a call, as `process` sees them. */
function optionsOf({ extra, excInfo, stackInfo, stacklevel }: LogCall): LogOptions {
  const options: LogOptions = {};
  if (extra !== undefined) options.extra = extra;
  if (excInfo !== undefined) options.excInfo = excInfo;
  if (stackInfo === true) options.stackInfo = stackInfo;
  if (stacklevel !== undefined && stacklevel !== 1) options.stacklevel = stacklevel;
  return options;
}

/** The call with the message and options that `process` returned, in either spelling; anything else is a field. */
function withOptions(call: LogCall, { extra, ...options }: LogOptions): LogCall {
  const processed: LogCall = {
    ...call,
    extra: undefined,
    excInfo: undefined,
    stackInfo: false,
    stacklevel: 1,
  };
  // `null`, as Python's None, is none.
  takeOptions(processed, (extra ?? undefined) === undefined ? options : { ...options, extra }, true);
  return processed;
}

/** What a strict call throws. */
function isExtraClash(error: unknown): boolean {
  return error instanceof LoggingError && error.code === 'ERR_LOGGING_EXTRA_CLASH' && state.strictCalls;
}
