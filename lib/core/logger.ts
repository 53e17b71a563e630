import { brand, branded } from '../internal/brand.js';
import { type LogCall, type LogOptions, readCall } from './call-arguments.js';
import { type CallerTuple, captureStackInfo, findCaller } from './caller.js';
import { reportLoggingError } from './diagnostics.js';
import { LoggingError } from './errors.js';
import { Filterer } from './filter.js';
import { assertHandler, type Handler } from './handler.js';
import { emitLastResort } from './last-resort.js';
import {
  CRITICAL,
  checkLevel,
  DEBUG,
  ERROR,
  getLevelName,
  INFO,
  type Level,
  levelOfCall,
  NOTSET,
  WARNING,
} from './levels.js';
import { type CallBoundary, LogRecord, type LogRecordOptions } from './log-record.js';
import type { Manager } from './manager.js';
import { state } from './state.js';

/**
 * A named place in the tree of loggers; get one with `getLogger(name)`, never with `new`.
 *
 * Each method takes a message, the values for its `%` placeholders, and, last, options:
 * `logger.info('order %d paid', id, { extra: { user_id: 123 } })`. An Error that no placeholder takes is the
 * record's `excInfo`: `logger.error('payment failed', error)`.
 *
 * @see https://docs.python.org/3/library/logging.html#logger-objects
 */
export class Logger extends Filterer {
  /** Name, with dots between the levels of the tree. */
  readonly name: string;
  /** The nearest logger above that exists; `null` for the root. */
  parent: Logger | null = null;
  /** Whether records go on to the handlers of the loggers above. */
  propagate = true;
  /** This logger's own handlers. */
  readonly handlers: Handler[] = [];
  /** The manager of the tree this logger is in. */
  manager: Manager | undefined = undefined;

  #level: number;
  #disabled = false;
  /** The lowest enabled level, with parents, `disabled` and `disable()` taken into account: one comparison a call. */
  #threshold: number;

  constructor(name: string, level: Level = NOTSET) {
    super();
    this.name = name;
    this.#level = checkLevel(level);
    this.#threshold = this.#level;
  }

  /** Detail for diagnosis. */
  debug(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= DEBUG) this.#log(DEBUG, msg, args, this.debug);
  }

  /** Things work as they should. */
  info(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= INFO) this.#log(INFO, msg, args, this.info);
  }

  /** Something unexpected. */
  warning(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= WARNING) this.#log(WARNING, msg, args, this.warning);
  }

  /** The same as {@link Logger.warning}. */
  warn(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= WARNING) this.#log(WARNING, msg, args, this.warn);
  }

  /** Something failed. */
  error(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= ERROR) this.#log(ERROR, msg, args, this.error);
  }

  /**
   * Something failed, with its traceback, at level ERROR: for `catch` blocks.
   *
   * The last argument that no placeholder takes is what was thrown, Error or not; `logger.exception(error)` logs
   * the error's message.
   */
  exception(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= ERROR) this.#log(ERROR, msg, args, this.exception, true);
  }

  /** The application cannot go on. */
  critical(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= CRITICAL) this.#log(CRITICAL, msg, args, this.critical);
  }

  /** The same as {@link Logger.critical}. */
  fatal(msg: unknown, ...args: unknown[]): void {
    if (this.#threshold <= CRITICAL) this.#log(CRITICAL, msg, args, this.fatal);
  }

  /**
   * Logs at any level.
   *
   * @param level A whole number, or a registered name.
   * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` for any other level, unless `raiseExceptions` is off.
   */
  log(level: Level, msg: unknown, ...args: unknown[]): void {
    const levelno = levelOfCall(level);
    if (levelno !== undefined && this.#threshold <= levelno) this.#log(levelno, msg, args, this.log);
  }

  /** Logs for an adapter or wrapper: the frame that called `boundary`, its public function, is the caller. */
  logFrom(boundary: CallBoundary, levelno: number, msg: unknown, args: unknown[], takesAnything = false) {
    if (this.#threshold <= levelno) this.#log(levelno, msg, args, boundary, takesAnything);
  }

  /** Whether a call at this level would make a record. */
  isEnabledFor(level: Level): boolean {
    return this.#threshold <= (typeof level === 'number' ? level : checkLevel(level));
  }

  /** Tells the arguments apart, makes the record, hands it on. */
  #log(levelno: number, msg: unknown, rest: unknown[], boundary: CallBoundary, takesAnything = false): void {
    if (rest.length === 0 && typeof msg === 'string') {
      this.handle(this.#record(levelno, msg, rest, undefined, undefined, boundary));
      return;
    }
    this.logRead(boundary, levelno, readCall(msg, rest, takesAnything));
  }

  /** Logs a call whose arguments are told apart, and whose fields take no name that records have. For this package. */
  logRead(boundary: CallBoundary, levelno: number, { msg, args, options, excInfo }: LogCall): void {
    if (this.#threshold <= levelno) this.handle(this.#record(levelno, msg, args, options, excInfo, boundary));
  }

  #record(
    levelno: number,
    msg: unknown,
    args: unknown[],
    options: LogOptions | undefined,
    excInfo: unknown,
    boundary: CallBoundary,
  ): LogRecord {
    const { contextProvider, recordFactory } = state;
    const about: LogRecordOptions = {
      name: this.name,
      levelno,
      levelname: getLevelName(levelno),
      msg,
      args,
      excInfo,
      stackInfo: options?.stackInfo === true ? captureStackInfo(boundary) : undefined,
      extra: options?.extra,
      context: contextProvider === undefined ? undefined : contextProvider(),
      boundary,
      stacklevel: options?.stacklevel ?? 1,
    };
    const isOurs = recordFactory === undefined && this.makeRecord === Logger.prototype.makeRecord;
    // What users' code makes may have attributes of its own, which formatters are to see.
    return isOurs ? new LogRecord(about) : this.makeRecord(about).expose();
  }

  /**
   * Where this is called from; records find out by themselves, see {@link LogRecord.caller}.
   *
   * @param stackInfo Whether the stack is wanted too; `null` if not.
   * @param stacklevel 1 (default) for the caller itself, 2 for its caller, and so on.
   */
  findCaller(stackInfo = false, stacklevel = 1): CallerTuple {
    const { pathname, lineno, funcName } = findCaller(this.findCaller, stacklevel);
    return [pathname, lineno, funcName, stackInfo ? captureStackInfo(this.findCaller) : null];
  }

  /** Makes the record of a call; override it in a logger class to make another. */
  makeRecord(options: LogRecordOptions): LogRecord {
    const { recordFactory } = state;
    return recordFactory === undefined ? new LogRecord(options) : recordFactory(options);
  }

  /** Hands a record to the filters, then to the handlers, whatever its level. */
  handle(record: LogRecord): void {
    if (this.#disabled) return;
    if (this.filters.length === 0) {
      this.callHandlers(record);
      return;
    }
    let passed: LogRecord | false = false;
    try {
      passed = this.filter(record);
    } catch (error) {
      // A filter that breaks keeps the record back: what it was to remove must not slip through.
      reportLoggingError(this, record, error);
    }
    if (passed === false) state.books.filterByLogger();
    else this.callHandlers(passed);
  }

  /** Gives a record to this logger's handlers and, while loggers propagate, to those above. */
  callHandlers(record: LogRecord): void {
    let found = 0;
    for (let logger: Logger | null = this; logger !== null; logger = logger.#next()) {
      for (const handler of logger.handlers) {
        found += 1;
        if (record.levelno >= handler.level) handler.handle(record);
      }
    }
    if (found === 0) emitLastResort(record);
  }

  /** The logger that gets this one's records next. */
  #next(): Logger | null {
    return this.propagate ? this.parent : null;
  }

  /** This logger's own level; 0 (`NOTSET`) takes the parent's. */
  get level(): number {
    return this.#level;
  }
  set level(level: number) {
    this.setLevel(level);
  }

  /** Sets the level; takes effect at once here and below. @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` */
  setLevel(level: Level): void {
    this.#level = checkLevel(level, `${this.name}.level`);
    this.#changed();
  }

  /** Whether the logger is switched off altogether. */
  get disabled(): boolean {
    return this.#disabled;
  }
  set disabled(disabled: boolean) {
    this.#disabled = disabled;
    this.#changed();
  }

  /** The level in force: its own, or that of the nearest logger above that has one. */
  getEffectiveLevel(): number {
    for (let logger: Logger | null = this; logger !== null; logger = logger.parent) {
      if (logger.#level !== NOTSET) return logger.#level;
    }
    return NOTSET;
  }

  /** Computes anew what decides whether a call is enabled; the manager calls it when anything above changes. */
  refresh(): void {
    const disabledUpTo = this.manager?.disable ?? NOTSET;
    this.#threshold = this.#disabled
      ? Number.POSITIVE_INFINITY
      : Math.max(this.getEffectiveLevel(), disabledUpTo + 1);
  }

  #changed(): void {
    (this.manager ?? this).refresh();
  }

  /** Adds a handler, once. @throws {LoggingError} `ERR_LOGGING_ARGUMENT` */
  addHandler(handler: Handler): void {
    assertHandler(handler, 'addHandler');
    if (!this.handlers.includes(handler)) this.handlers.push(handler);
  }

  /** Removes a handler, which stays open; nothing happens if it is not there. */
  removeHandler(handler: Handler): void {
    const index = this.handlers.indexOf(handler);
    if (index >= 0) this.handlers.splice(index, 1);
  }

  /** Whether a record of this logger would reach any handler. */
  hasHandlers(): boolean {
    for (let logger: Logger | null = this; logger !== null; logger = logger.#next()) {
      if (logger.handlers.length > 0) return true;
    }
    return false;
  }

  /** The logger below this one: `getLogger('a').getChild('b.c')` is `getLogger('a.b.c')`. */
  getChild(suffix: string): Logger {
    if (this.manager === undefined) {
      throw new LoggingError('ERR_LOGGING_ARGUMENT', `getChild: get '${this.name}' from getLogger, not new`);
    }
    return this.manager.getLogger(this.parent === null ? suffix : `${this.name}.${suffix}`);
  }

  /** The loggers directly below this one that exist. */
  getChildren(): Set<Logger> {
    return this.manager?.childrenOf(this) ?? new Set();
  }

  override toString(): string {
    return `<${this.constructor.name} ${this.name} (${getLevelName(this.getEffectiveLevel())})>`;
  }
}
brand(Logger.prototype, 'logger');

/** True for loggers of any copy of this package. */
export const isLogger = branded<Logger>('logger');
