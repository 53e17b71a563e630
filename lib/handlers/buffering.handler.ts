import * as v from 'valibot';
import { reportLoggingError } from '../core/diagnostics.js';
import { Handler } from '../core/handler.js';
import type { DeliveryCounts } from '../core/handler-ledger.js';
import { isLean, LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { handlerEntries } from './support/handler-options.js';
import { keepCaller } from './support/keep-caller.js';

/** What a {@link BufferingHandler} takes, to be spread into the schemas of those derived from it. */
export const bufferingHandlerEntries = lazy(() => ({
  ...handlerEntries(),
  capacity: v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(0, 'expected 0 or more'),
    v.description('Records after which the buffer is flushed; 0 flushes after each.'),
  ),
}));

/** The keys of a {@link BufferingHandler} in a configuration. */
export const bufferingHandlerSchema = lazy(() => v.strictObject(bufferingHandlerEntries()));

/** Options of {@link BufferingHandler}. */
export type BufferingHandlerOptions = v.InferInput<ReturnType<typeof bufferingHandlerSchema>>;

/**
 * Keeps records in memory until there are `capacity` of them, then flushes: here that forgets them. Derive from it and
 * write `flush`, and `shouldFlush` for another moment.
 *
 * Records are kept as they are, as in Python: an object among their arguments prints what it holds when the buffer is
 * flushed.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.BufferingHandler
 */
export class BufferingHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: v.GenericSchema<object, object>;
  static {
    lazyProperty(BufferingHandler, 'optionsSchema', bufferingHandlerSchema);
  }

  /** Records after which the buffer is flushed. */
  capacity: number;
  /** The records kept so far, the oldest first. */
  readonly buffer: LogRecord[] = [];

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: BufferingHandlerOptions) {
    const checked = checkOptions(
      new.target.name,
      bufferingHandlerSchema(),
      options,
      new.target === BufferingHandler,
    );
    super(checked);
    this.capacity = checked.capacity;
  }

  /** Keeps the record, then flushes if {@link BufferingHandler.shouldFlush} says so. */
  emit(record: LogRecord): void {
    if (isLean(this)) keepCaller(record, this.formatter);
    else record.caller();
    this.buffer.push(record);
    if (!this.shouldFlush(record)) return;
    const flushed = this.flush();
    // Nobody waits for it, and a rejection that nobody handles would end the process.
    if (flushed instanceof Promise) flushed.catch((error) => reportLoggingError(this, undefined, error));
  }

  /** What waits in the buffer. */
  get stats(): DeliveryCounts {
    return { queued: this.buffer.length };
  }

  /** Whether the buffer is full. @param _record The record that was added last. */
  shouldFlush(_record: LogRecord): boolean {
    return this.buffer.length >= this.capacity;
  }

  /** Empties the buffer. */
  override flush(): void | Promise<void> {
    this.buffer.length = 0;
  }

  /** Flushes, then closes. */
  override close(): void | Promise<void> {
    try {
      return this.flush();
    } finally {
      super.close();
    }
  }
}
