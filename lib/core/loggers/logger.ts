import { brand, branded } from '../../runtime/brand.js';
import { lendMethods } from '../calls/bound-methods.js';
import { isPrimitive, readCall } from '../calls/call-arguments.js';
import { hasOrdinaryExtra, type LogCall, refuseClash } from '../calls/call-options.js';
import { logAtUnknownLevel, reportClash } from '../calls/call-reports.js';
import {
  type CallBoundary,
  type CallerTuple,
  findCaller as callerOf,
  captureStackInfo,
} from '../calls/caller.js';
import type { LogArguments } from '../calls/log-arguments.js';
import { askFilters, asksFilters } from '../filter.js';
import { emitLastResort } from '../last-resort.js';
import {
  CRITICAL,
  checkLevel,
  DEBUG,
  ERROR,
  findLevel,
  getLevelName,
  INFO,
  type Level,
  NOTSET,
  nameOfLevel,
  WARNING,
} from '../levels.js';
import { callerBy, enabledBy, exposedRecordBy, handOver, passedBy, recordBy, settle } from '../overrides.js';
import {
  type Fields,
  LogRecord,
  type LogRecordFactory,
  type LogRecordOptions,
} from '../records/log-record.js';
import { reportLoggingError, reportMisuse } from '../reports/diagnostics.js';
import { state } from '../state.js';
import { admissionLevelOf, effectiveLevelOf, isAdmitted } from './level-overlay.js';
import { LoggerNode } from './logger-node.js';

/**
 * The logger in the tree that an object stands for which is none itself: an object that inherits from a logger, a copy, a
 * proxy. Frameworks make them of whatever they are given; Nest's `instanceDecorator` of every provider.
 */
function registeredAs(object: object): Logger | undefined {
  const { name, parent, manager = state.manager } = object as Partial<Logger>;
  if (typeof name !== 'string' || manager === undefined) return undefined;
  const { root } = manager;
  return (name === root.name && parent !== root ? root : manager.getLogger(name)) as Logger;
}

/**
 * A named place in the tree of loggers; get one with `getLogger(name)`, never with `new`.
 *
 * Each method takes a message, the values for its `%` placeholders, and, last, options or fields:
 * `logger.info('order %d paid', id, { extra: { user_id: 123 } })`. An Error that no placeholder takes is the
 * record's `excInfo`: `logger.error('payment failed', error)`. No method throws, and arguments that do not fit are logged
 * all the same: see `setStrictCalls`.
 *
 * @see https://docs.python.org/3/library/logging.html#logger-objects
 */
export class Logger extends LoggerNode<Logger> {
  static {
    lendMethods(Logger.prototype, (object) => #threshold in object, registeredAs);
  }

  /** The logger itself, of what stands for one. */
  static #of(logger: Logger): Logger {
    return #threshold in logger ? logger : (registeredAs(logger) ?? logger);
  }

  #level: number;
  #disabled = false;
  /** The public method that was called, while an overridden `findCaller` is called. */
  #calledAt: CallBoundary | undefined;
  /** The lowest enabled level, with parents, `disabled` and `disable()` taken into account: one comparison a call. */
  #threshold: number;
  /** From this level on, calls pass in every context; below it the manager's overlay decides. */
  #sure: number;

  constructor(name: string, level: Level = NOTSET) {
    super(name);
    this.#level = checkLevel(level);
    this.#threshold = this.#sure = this.#level;
  }

  /** Detail for diagnosis. */
  debug<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(DEBUG)) this.logEnabled(this.debug, DEBUG, msg, args);
  }

  /** Things work as they should. */
  info<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(INFO)) this.logEnabled(this.info, INFO, msg, args);
  }

  /** Something unexpected. */
  warning<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(WARNING)) this.logEnabled(this.warning, WARNING, msg, args);
  }

  /** The same as {@link Logger.warning}. */
  warn<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(WARNING)) this.logEnabled(this.warn, WARNING, msg, args);
  }

  /** Something failed. */
  error<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(ERROR)) this.logEnabled(this.error, ERROR, msg, args);
  }

  /** ERROR with the traceback of what was thrown, Error or not: the last argument that no placeholder takes, or `msg`. */
  exception<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(ERROR)) this.logEnabled(this.exception, ERROR, msg, args, true);
  }

  /** The application cannot go on. */
  critical<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(CRITICAL)) this.logEnabled(this.critical, CRITICAL, msg, args);
  }

  /** The same as {@link Logger.critical}. */
  fatal<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
    if (this.enables(CRITICAL)) this.logEnabled(this.fatal, CRITICAL, msg, args);
  }

  /** Logs at any level: an integer, or a registered name. Anything else is reported, and logged all the same. */
  log<const M, A extends unknown[]>(level: Level, msg: M, ...args: LogArguments<M, A>): void {
    const levelno = findLevel(level);
    if (levelno === undefined) logAtUnknownLevel(this, this.log, level, msg, args);
    else if (this.enables(levelno)) this.logEnabled(this.log, levelno, msg, args);
  }

  /** Logs for an adapter or wrapper: the frame that called `boundary`, its public function, is the caller. */
  logFrom(boundary: CallBoundary, levelno: number, msg: unknown, args: unknown[], takesAnything = false) {
    const logger = Logger.#of(this);
    if (logger.enables(levelno)) logger.logEnabled(boundary, levelno, msg, args, takesAnything);
  }

  /** @internal */
  get 'nestjs-logging.methods'(): Logger {
    return Object.getPrototypeOf(this) as Logger;
  }

  /** Whether a call at this level would make a record. */
  isEnabledFor(level: Level): boolean {
    if (!(#threshold in this)) return Logger.#of(this).isEnabledFor(level);
    const levelno = typeof level === 'number' ? level : checkLevel(level);
    return this.#threshold <= levelno && (this.#sure <= levelno || isAdmitted(this, levelno));
  }

  /** {@link Logger.isEnabledFor} for this package: one comparison, unless a class or a test has one of its own. */
  enables(levelno: number): boolean {
    if (this.isEnabledFor !== isEnabledFor) return enabledBy(this, levelno);
    return this.#threshold <= levelno && (this.#sure <= levelno || isAdmitted(this, levelno));
  }

  /** Logs a call with parsed arguments, whose fields use no reserved name. For this package. */
  logRead(boundary: CallBoundary, levelno: number, call: LogCall): void {
    const logger = Logger.#of(this);
    if (logger.enables(levelno)) logger.logEnabled(boundary, levelno, call.msg, call.args, false, call);
  }

  /**
   * {@link Logger.logFrom} after {@link Logger.enables} was true: parses the arguments, makes the record, passes it on. For
   * this package.
   *
   * One method, so that the engine compiles a call as a whole: it inlines the record's constructor and the rest, and
   * never makes the object of options. When this was five methods, what was inlined differed from process to process,
   * and a call took up to 1.4 times as long.
   */
  logEnabled(
    boundary: CallBoundary,
    levelno: number,
    msg: unknown,
    rest: unknown[],
    takesAnything = false,
    read: LogCall | undefined = undefined,
  ): void {
    let call = read;
    let extra: Fields | undefined;
    // Values for placeholders need no parsing.
    if (
      call === undefined &&
      !(typeof msg === 'string' && !takesAnything && (rest.length === 0 || isPrimitive(rest)))
    ) {
      const first = rest[0];
      if (rest.length === 1 && hasOrdinaryExtra(first) && typeof msg === 'string' && !msg.includes('%')) {
        // The most frequent call with an object: the general way would cost a tenth more.
        rest.pop();
        extra = first.extra;
      } else call = readCall(msg, rest, takesAnything);
    }
    if (call?.clash !== undefined) reportClash(this.name, call.clash, boundary);
    const { contextProvider } = state;
    const about: LogRecordOptions = {
      name: this.name,
      levelno,
      levelname: nameOfLevel(levelno),
      msg: call === undefined ? msg : call.msg,
      args: call === undefined ? rest : call.args,
      created: Date.now() / 1000,
      excInfo: call?.excInfo,
      excText: call?.excText,
      stackInfo: call?.stackInfo === true ? captureStackInfo(boundary) : undefined,
      extra: call === undefined ? extra : call.extra,
      context: contextProvider === undefined ? undefined : contextProvider(),
      summarized: call?.summarized,
      boundary,
      stacklevel: call?.stacklevel ?? 1,
      caller: undefined,
    };
    const isOurs =
      (this.manager?.logRecordFactory ?? state.recordFactory) === undefined &&
      this.makeRecord === makeRecord &&
      this.findCaller === findCaller;
    const record = isOurs ? new LogRecord(about, true) : this.#ownRecord(about);
    // `handle` and what it calls may be the user's own: what they throw never reaches the log call.
    try {
      const answer: unknown = this.handle(record);
      if (answer !== undefined) settle(answer, this, record);
    } catch (error) {
      reportMisuse(this, record, error);
    }
  }

  /** The record as the user's code makes it. Formatters see the attributes it adds. */
  #ownRecord(about: LogRecordOptions): LogRecord {
    if (this.findCaller !== findCaller) {
      // It may log itself.
      const outer = this.#calledAt;
      this.#calledAt = about.boundary;
      callerBy((hasStack, level) => this.findCaller(hasStack, level), about, this);
      this.#calledAt = outer;
    }
    return exposedRecordBy((options) => this.makeRecord(options), about, this);
  }

  /**
   * Where the running log call was made, or, outside one, where this is called from. If overridden, it is called for
   * each record; otherwise records find out by themselves, see {@link LogRecord.caller}.
   *
   * @param stackInfo Whether the stack is wanted too; `null` if not.
   * @param stacklevel 1 (default) for the caller itself, 2 for its caller, and so on.
   */
  findCaller(stackInfo = false, stacklevel = 1): CallerTuple {
    const called = this.#calledAt ?? this.findCaller;
    const { pathname, lineno, funcName } = callerOf(called, stacklevel);
    return [pathname, lineno, funcName, stackInfo ? captureStackInfo(called) : null];
  }

  /** Makes the record of a call, by the factory if one was set; override it in a logger class to make another. */
  makeRecord(options: LogRecordOptions): LogRecord {
    if (state.strictCalls) refuseClash(options.extra);
    const factory = this.#recordFactory();
    return factory === undefined ? new LogRecord(options) : recordBy(factory, options, this);
  }

  #recordFactory(): LogRecordFactory | undefined {
    return this.manager?.logRecordFactory ?? (state.recordFactory as LogRecordFactory | undefined);
  }

  /** Passes a record to the filters, then to the handlers, whatever its level. */
  handle(record: LogRecord): void {
    if (this.#disabled) return;
    const passed = asksFilters(this) ? this.#filtered(record) : record;
    if (passed === undefined) return;
    this.manager?.watcher?.(passed, this);
    const answer: unknown = this.callHandlers(passed);
    if (answer !== undefined) settle(answer, this, passed);
  }

  #filtered(record: LogRecord): LogRecord | undefined {
    let passed: LogRecord | false = false;
    try {
      passed = passedBy(askFilters(this, record), record, this);
    } catch (error) {
      // A failing filter suppresses the record: what it should remove must not get out.
      reportLoggingError(this, record, error);
    }
    if (passed !== false) return passed;
    state.recordCounters.filterByLogger();
    return undefined;
  }

  /** Gives a record to this logger's handlers and, while loggers propagate, to those above. */
  callHandlers(record: LogRecord): void {
    let found = 0;
    let logger: Logger | null = this;
    while (logger !== null) {
      for (const handler of logger.handlers) {
        found += 1;
        if (record.levelno >= handler.level) handOver(handler, record);
      }
      logger = logger.propagate ? logger.parent : null;
    }
    if (found === 0) emitLastResort(record);
  }

  /** This logger's own level; 0 (`NOTSET`) takes the parent's. */
  get level(): number {
    return #level in this ? this.#level : Logger.#of(this).#level;
  }
  set level(level: number) {
    this.setLevel(level);
  }

  /** Sets the level; takes effect at once here and below. @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` */
  setLevel(level: Level): void {
    const logger = Logger.#of(this);
    logger.#level = checkLevel(level, `${this.name}.level`);
    logger.#changed();
  }

  /** Whether the logger is switched off altogether; those below it are not. */
  get disabled(): boolean {
    return #disabled in this ? this.#disabled : Logger.#of(this).#disabled;
  }
  set disabled(disabled: boolean) {
    const logger = Logger.#of(this);
    logger.#disabled = disabled;
    logger.refresh();
  }

  /** The effective level: its own, or that of the nearest logger above that has one. */
  getEffectiveLevel(): number {
    return effectiveLevelOf(this);
  }

  /** Recomputes what decides whether a call is enabled; the manager calls it when anything above changes. */
  refresh(): void {
    const disabledUpTo = this.#disabled ? Number.POSITIVE_INFINITY : (this.manager?.disable ?? NOTSET);
    this.#sure = Math.max(this.getEffectiveLevel(), disabledUpTo + 1);
    this.#threshold = Math.min(this.#sure, admissionLevelOf(this, disabledUpTo));
  }

  #changed(): void {
    (this.manager ?? this).refresh();
  }

  override toString(): string {
    return `<${this.constructor.name} ${this.name} (${getLevelName(this.getEffectiveLevel())})>`;
  }
}
brand(Logger.prototype, 'logger');
const { makeRecord, findCaller, isEnabledFor } = Logger.prototype;

/** True for loggers of any copy of this package. */
export const isLogger = branded<Logger>('logger');

/** The class new loggers are made of. @see https://docs.python.org/3/library/logging.html#logging.setLoggerClass */
export type LoggerClass = new (name: string, level?: number | string) => Logger;
