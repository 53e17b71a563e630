import { brand, branded, keepSelf } from '../runtime/brand.js';
import { LoggingError } from './errors.js';
import { flushIfEnding, isUserBuffer, listenForExit, stopListeningIfIdle } from './exit-drain.js';
import { askFilters, asksFilters, Filterer } from './filter.js';
import type { FilterLike } from './filter-like.js';
import { writesCaller } from './formatting/caller-fields.js';
import { defaultFormatter, type Formatter } from './formatting/formatter.js';
import { isLean } from './lean.js';
import { checkLevel, getLevelName, type Level } from './levels.js';
import { passedBy, settle, textBy } from './overrides.js';
import type { LogRecord } from './records/log-record.js';
import { rememberError } from './records/logged-errors.js';
import { hasError } from './records/record-traceback.js';
import { reportLoggingError } from './reports/diagnostics.js';
import type { HandlerCounters } from './reports/handler-counters.js';
import { type LoggingState, state } from './state.js';

/** Options that every handler takes. */
export interface HandlerOptions {
  /** Records below it are left out; an integer or a name, default `NOTSET`. */
  level?: Level | undefined;
  /** Turns records into text; default the bare message. */
  formatter?: FormatterLike | null | undefined;
  /** Called in turn before a record is emitted. */
  filters?: readonly FilterLike[] | undefined;
}

/** Anything that turns a record into text. */
export type FormatterLike = Pick<Formatter, 'format'> & Partial<Formatter>;

/**
 * Writes or sends records. Derive from it and implement `emit`.
 *
 * What `emit` or a filter throws goes to {@link Handler.handleError} and never reaches the log call;
 * the other handlers still get the record.
 *
 * Differs from Python: `handle` catches all errors, so `emit` need not.
 *
 * @see https://docs.python.org/3/library/logging.html#handler-objects
 */
export abstract class Handler extends Filterer {
  /** Records below this number are left out. */
  level: number;
  /** Turns records into text; `null` for the default, the bare message. */
  formatter: FormatterLike | null = null;

  #name: string | null = null;
  readonly #exposes: boolean;
  readonly #mayBuffer: boolean;
  readonly #counters: HandlerCounters;
  /** Its entry in the list of open handlers. */
  readonly #reference = new WeakRef<Handler>(this);
  #emitting = false;
  /** The formatter that was asked whether it writes where a call was made, and its answer. */
  #knownFormatter: FormatterLike | null = null;
  #writesCaller = false;

  constructor(options: HandlerOptions = {}) {
    super();
    keepSelf(this);
    this.level = checkLevel(options.level ?? 0);
    if (options.formatter) this.formatter = options.formatter;
    // Now, so that the first record need not.
    this.#needsCaller();
    for (const filter of options.filters ?? []) this.addFilter(filter);
    this.#exposes = !isLean(this);
    this.#counters = state.recordCounters.open(this);
    rememberOpen(this.#reference);
    this.#mayBuffer = this.#exposes && isUserBuffer(this);
    if (this.#mayBuffer) listenForExit();
  }

  /** Does the real work: writes or sends one record. May throw. */
  abstract emit(record: LogRecord): void;

  /**
   * Applies the filters, then emits.
   *
   * A record that arrives while this handler is emitting another (because its formatter logs, for example) is left out:
   * it would not end otherwise.
   *
   * @returns `false` if a filter dropped the record, else the record that was emitted.
   */
  handle(record: LogRecord): LogRecord | false {
    const counters = this.#counters;
    counters.emit();
    if (this.#emitting) {
      counters.recurse();
      this.noteRecursion();
      return false;
    }
    this.#emitting = true;
    let current: LogRecord = record;
    try {
      if (asksFilters(this)) {
        const passed = passedBy(askFilters(this, record), record, this);
        if (passed === false) {
          counters.filter();
          return false;
        }
        current = passed;
      }
      if (this.#exposes) current.expose();
      // The formatter would ask for it: to read the stack takes the longer the more functions are in between.
      if (this.#needsCaller()) current.caller();
      const answer: unknown = this.emit(current);
      if (answer !== undefined) this.#settle(answer, current);
      if (this.#mayBuffer) flushIfEnding(this);
      if (current.excInfo !== undefined && hasError(current))
        rememberError(current.excInfo, current.name, this);
    } catch (error) {
      counters.fail();
      this.#fail(current, error);
    } finally {
      this.#emitting = false;
    }
    return current;
  }

  #needsCaller(): boolean {
    const { formatter } = this;
    if (formatter !== this.#knownFormatter) {
      this.#knownFormatter = formatter;
      this.#writesCaller = formatter !== null && writesCaller(formatter) === true;
    }
    return this.#writesCaller;
  }

  /** Called when a record was left out because it came while another was being emitted. */
  protected noteRecursion(): void {}

  /** An `emit` that returns a promise has failed if that rejects. */
  #settle(answer: unknown, record: LogRecord): void {
    settle(answer, this, record, (error) => {
      this.#counters.fail();
      this.#fail(record, error);
    });
  }

  /** Users may override `handleError`, so it is not trusted either. */
  #fail(record: LogRecord, error: unknown): void {
    try {
      settle(this.handleError(record, error), this, record);
    } catch (second) {
      reportLoggingError(this, record, second);
    }
  }

  /** The record as text, by this handler's formatter. */
  format(record: LogRecord): string {
    const formatter = this.formatter;
    if (formatter === null) return defaultFormatter().format(record);
    const text: unknown = formatter.format(record);
    return typeof text === 'string' ? text : textBy(text, formatter, record);
  }

  /**
   * Called with what `emit` threw; reports it on standard error unless `raiseExceptions` is off.
   *
   * If you override it in a handler that sends in the background and has no spool, it is also called once for each
   * record that could not be sent at the first attempt. The record is still sent again, unless `error` says that it is
   * lost.
   *
   * @see https://docs.python.org/3/library/logging.html#logging.Handler.handleError
   */
  handleError(record: LogRecord, error?: unknown): void {
    reportLoggingError(this, record, error);
  }

  /** Sets the level. @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` */
  setLevel(level: Level): void {
    this.level = checkLevel(level);
  }

  /** Sets the formatter; `null` means the bare message. */
  setFormatter(formatter: FormatterLike | null | undefined): void {
    this.formatter = formatter ?? null;
    // Not through a proxy, which has none of it.
    if (#writesCaller in this) this.#needsCaller();
  }

  /** Name in the configuration; handlers with a name are found by `getHandlerByName`. */
  get name(): string | null {
    return this.#name;
  }
  set name(name: string | null) {
    const { handlersByName } = state;
    if (this.#name !== null && handlersByName.get(this.#name) === this) handlersByName.delete(this.#name);
    this.#name = name;
    if (name !== null) handlersByName.set(name, this);
  }

  /** Writes or sends what is buffered; resolves when that is done. */
  flush(): void | Promise<void> {}

  /** Releases the handler's resources; it may be called again. */
  close(): void | Promise<void> {
    const name = this.#name;
    if (name !== null && state.handlersByName.get(name) === this) state.handlersByName.delete(name);
    state.openHandlers.delete(this.#reference);
    stopListeningIfIdle();
  }

  /**
   * Whether it handles records after it was closed: a handler that writes at once, and reopens what it
   * needs. True for your own class if it has no `flush` and no `close`.
   */
  get outlivesClose(): boolean {
    return this.#exposes && !this.#mayBuffer;
  }

  /** Python's lock around `emit`: nothing to do in JavaScript, which emits one record at a time. */
  createLock(): void {}
  /** See {@link Handler.createLock}. */
  acquire(): void {}
  /** See {@link Handler.createLock}. */
  release(): void {}

  override toString(): string {
    return `<${this.constructor.name}${this.#name === null ? '' : ` '${this.#name}'`} (${getLevelName(this.level)})>`;
  }
}
brand(Handler.prototype, 'handler');

/** True for handlers of any copy of this package. */
export const isHandler = branded<Handler>('handler');

/** @throws {LoggingError} `ERR_LOGGING_ARGUMENT` if `value` is not a handler. */
export function assertHandler(value: unknown, where: string): asserts value is Handler {
  if (!isHandler(value)) {
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `${where}: expected a Handler, got ${value === null ? 'null' : typeof value}`,
    );
  }
}

/** The open handlers, in order of creation. */
export function openHandlers(from: Pick<LoggingState, 'openHandlers'> = state): Handler[] {
  return [...from.openHandlers]
    .map((reference) => reference.deref() as Handler | undefined)
    .filter((handler) => handler !== undefined);
}

function rememberOpen(reference: WeakRef<Handler>): void {
  const { openHandlers } = state;
  // Handlers that were never closed and are garbage leave empty references behind; swept each time the list has
  // doubled.
  const { size } = openHandlers;
  if (size >= 64 && (size & (size - 1)) === 0) {
    for (const old of openHandlers) if (old.deref() === undefined) openHandlers.delete(old);
  }
  openHandlers.add(reference);
}

/** Removes a handler from the list of open ones, so that `shutdown` does not close it. */
export function forgetOpen(handler: Handler): void {
  for (const reference of state.openHandlers) {
    if (reference.deref() === handler) state.openHandlers.delete(reference);
  }
}

/**
 * The handler of that name, or `undefined`.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.getHandlerByName
 */
export function getHandlerByName(name: string): Handler | undefined {
  return state.handlersByName.get(name) as Handler | undefined;
}

/** The names of all named handlers. @see https://docs.python.org/3/library/logging.html#logging.getHandlerNames */
export function getHandlerNames(): ReadonlySet<string> {
  return new Set(state.handlersByName.keys());
}
