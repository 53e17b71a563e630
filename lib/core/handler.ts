import { brand, branded } from '../internal/brand.js';
import { reportLoggingError } from './diagnostics.js';
import { LoggingError } from './errors.js';
import { Filterer } from './filter.js';
import type { FilterLike } from './filter-like.js';
import { defaultFormatter, type Formatter } from './formatter.js';
import type { HandlerLedger } from './handler-ledger.js';
import { isLean } from './lean.js';
import { checkLevel, getLevelName, type Level } from './levels.js';
import type { LogRecord } from './log-record.js';
import { state } from './state.js';

/** Options that every handler takes. */
export interface HandlerOptions {
  /** Records below it are left out; a whole number or a name, default `NOTSET`. */
  level?: Level | undefined;
  /** Turns records into text; default the bare message. */
  formatter?: FormatterLike | null | undefined;
  /** Asked in turn before a record is emitted. */
  filters?: readonly FilterLike[] | undefined;
}

/** Anything that turns a record into text. */
export type FormatterLike = Pick<Formatter, 'format'> & Partial<Formatter>;

/**
 * Takes records somewhere. Derive from it and write `emit`.
 *
 * Whatever `emit` or a filter throws ends in {@link Handler.handleError}: it never reaches the log call,
 * and the other handlers get the record all the same.
 *
 * Differs from Python: `handle` is the one place that catches, so `emit` need not.
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
  readonly #ledger: HandlerLedger;
  #emitting = false;

  constructor(options: HandlerOptions = {}) {
    super();
    this.level = checkLevel(options.level ?? 0);
    if (options.formatter) this.formatter = options.formatter;
    for (const filter of options.filters ?? []) this.addFilter(filter);
    this.#exposes = !isLean(this);
    this.#ledger = state.books.open(this);
    rememberOpen(this);
  }

  /** Does the real work: brings one record to its place. May throw. */
  abstract emit(record: LogRecord): void;

  /**
   * Asks the filters, then emits.
   *
   * A record that arrives while this handler is emitting another (its formatter logs, say) is left out: it would
   * not end otherwise.
   *
   * @returns `false` if a filter dropped the record, else the record that was emitted.
   */
  handle(record: LogRecord): LogRecord | false {
    const ledger = this.#ledger;
    ledger.emit();
    if (this.#emitting) {
      ledger.recurse();
      return false;
    }
    this.#emitting = true;
    let current: LogRecord = record;
    try {
      if (this.filters.length > 0) {
        const passed = this.filter(record);
        if (passed === false) {
          ledger.filter();
          return false;
        }
        current = passed;
      }
      if (this.#exposes) current.expose();
      this.emit(current);
    } catch (error) {
      ledger.fail();
      this.#fail(current, error);
    } finally {
      this.#emitting = false;
    }
    return current;
  }

  /** `handleError` is a user's to override, so it is not trusted either. */
  #fail(record: LogRecord, error: unknown): void {
    try {
      this.handleError(record, error);
    } catch (second) {
      reportLoggingError(this, record, second);
    }
  }

  /** The record as text, by this handler's formatter. */
  format(record: LogRecord): string {
    const formatter = this.formatter;
    return formatter === null ? defaultFormatter().format(record) : formatter.format(record);
  }

  /**
   * Called with what `emit` threw; reports it on standard error unless `raiseExceptions` is off.
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

  /** Sets the formatter; `null` goes back to the bare message. */
  setFormatter(formatter: FormatterLike | null | undefined): void {
    this.formatter = formatter ?? null;
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

  /** Brings out what is kept back; resolves when it is out. */
  flush(): void | Promise<void> {}

  /** Lets go of what the handler holds; it may be called again. */
  close(): void | Promise<void> {
    const name = this.#name;
    if (name !== null && state.handlersByName.get(name) === this) state.handlersByName.delete(name);
    forgetOpen(this);
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
export function openHandlers(): Handler[] {
  return state.openHandlers.map((reference) => reference.deref()).filter((handler) => handler !== undefined);
}

function rememberOpen(handler: Handler): void {
  const { openHandlers } = state;
  // Handlers that nobody closed and nobody holds leave empty references behind; swept when they pile up.
  if (openHandlers.length > 64 && openHandlers.length % 64 === 0) {
    state.openHandlers = openHandlers.filter((reference) => reference.deref() !== undefined);
  }
  state.openHandlers.push(new WeakRef(handler));
}

function forgetOpen(handler: Handler): void {
  state.openHandlers = state.openHandlers.filter((reference) => reference.deref() !== handler);
}

/**
 * The handler of that name, or `undefined`.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.getHandlerByName
 */
export function getHandlerByName(name: string): Handler | undefined {
  return state.handlersByName.get(name);
}

/** The names of all named handlers. @see https://docs.python.org/3/library/logging.html#logging.getHandlerNames */
export function getHandlerNames(): ReadonlySet<string> {
  return new Set(state.handlersByName.keys());
}
