import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { type Drainable, isUserBuffer, registerForExit, unregisterForExit } from '../../core/exit-drain.js';
import { assertHandler, type Handler, isHandler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkLevel } from '../../core/levels.js';
import { levelSchema } from '../../core/option-schemas.js';
import { checkOptions } from '../../core/options.js';
import { handOver } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import type { DeliveryCounts } from '../../core/reports/handler-counters.js';
import { lazy } from '../../runtime/lazy.js';
import { keepCaller } from '../queue/keep-caller.js';
import { BufferingHandler, bufferingHandlerEntries } from './buffering.handler.js';

/** The most records kept while there is no target. */
const MAX_WITHOUT_TARGET = 50_000;

/** The keys of a {@link MemoryHandler} in a configuration. */
export const memoryHandlerSchema = lazy(() =>
  v.strictObject({
    ...bufferingHandlerEntries(),
    flushLevel: v.optional(
      v.pipe(levelSchema(), v.description('A record of this level or above flushes the buffer at once.')),
      'ERROR',
    ),
    target: v.optional(
      v.pipe(
        v.nullable(
          v.custom<Handler>(isHandler, 'expected a handler, or the name of one in the configuration'),
        ),
        v.description(
          'Gets the records when the buffer is flushed; in a configuration the name of a handler.',
        ),
      ),
    ),
    flushOnClose: v.optional(
      v.pipe(v.boolean(), v.description('Whether closing flushes; if not, the buffered records are lost.')),
      true,
    ),
  }),
);

/** Options of {@link MemoryHandler}. */
export type MemoryHandlerOptions = v.InferInput<ReturnType<typeof memoryHandlerSchema>>;

/**
 * Buffers records in memory and passes them to another handler when there are `capacity` of them, or when one of
 * `flushLevel` or above arrives: so you get the details that led to an error, and only then.
 *
 * The target's level is ignored, as in Python; its filters apply. Flushing flushes the target too, which in Python
 * buffers nothing. What is buffered when the process ends is passed on then, unless `flushOnClose` is off.
 *
 * Differs from Python: without a target at most `capacity` or 50 000 records are kept, whichever is more; then the
 * oldest are dropped, and counted by `dropped`.
 *
 * @example
 * new MemoryHandler({ capacity: 1000, flushLevel: 'ERROR', target: new StreamHandler() })
 * @see https://docs.python.org/3/library/logging.handlers.html#memoryhandler
 */
export class MemoryHandler extends BufferingHandler implements Drainable {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof memoryHandlerSchema>;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(MemoryHandler, {
    name: 'MemoryHandler',
    pythonNames: ['logging.handlers.MemoryHandler'],
    schema: memoryHandlerSchema,
  });
  /** Options that name handlers of the configuration. */
  static readonly handlerOptions: readonly string[] = ['target'];

  /** A record of this level or above flushes the buffer. */
  flushLevel: number;
  /** Gets the records; `null` if there is none yet, or no longer. */
  target: Handler | null;
  /** Whether closing flushes. */
  flushOnClose: boolean;
  /** Records lost because there was no target for too many of them. */
  dropped = 0;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: MemoryHandlerOptions) {
    const checked = checkOptions(
      'MemoryHandler',
      memoryHandlerSchema(),
      options,
      new.target === MemoryHandler,
    );
    super(checked);
    this.flushLevel = checkLevel(checked.flushLevel);
    this.target = checked.target ?? null;
    this.flushOnClose = checked.flushOnClose;
  }

  /** Keeps the record, then flushes if {@link MemoryHandler.shouldFlush} says so. */
  override emit(record: LogRecord): void {
    keepCaller(record, this.target?.formatter);
    super.emit(record);
    if (this.buffer.length > Math.max(this.capacity, MAX_WITHOUT_TARGET)) {
      this.buffer.shift();
      this.dropped += 1;
    }
    if (this.buffer.length > 0 && this.flushOnClose) registerForExit(this);
  }

  /** What waits in the buffer, and what was lost without a target. */
  override get stats(): DeliveryCounts {
    return { queued: this.buffer.length, dropped: this.dropped, droppedBy: { overflow: this.dropped } };
  }

  /** Whether the buffer is full or the record is of `flushLevel` or above. */
  override shouldFlush(record: LogRecord): boolean {
    return this.buffer.length >= this.capacity || record.levelno >= this.flushLevel;
  }

  /** Sets the handler that gets the records. @throws {LoggingError} `ERR_LOGGING_ARGUMENT` if it is not a handler. */
  setTarget(target: Handler | null): void {
    if (target !== null) assertHandler(target, 'MemoryHandler.setTarget');
    this.target = target;
  }

  /** Passes the records to the target and flushes that; without one they stay. */
  override flush(): void | Promise<void> {
    const { target } = this;
    if (target === null) return;
    unregisterForExit(this);
    // What the target itself logs meanwhile waits for the next flush: passed on now, it might never end.
    for (const record of this.buffer.splice(0)) handOver(target, record);
    return target.flush();
  }

  /** See {@link Handler.outlivesClose}: it is flushed at the end of the process. */
  override get outlivesClose(): boolean {
    return this.flushOnClose && !isUserBuffer(this);
  }

  drainAtExit(): void {
    if (!this.flushOnClose) return;
    const flushed = this.flush();
    // Nobody waits for it any more, and an unhandled rejection would end the process.
    if (flushed instanceof Promise) flushed.catch((error) => reportLoggingError(this, undefined, error));
  }

  /** Flushes unless `flushOnClose` is off, then releases the target; the target is not closed. */
  override close(): void | Promise<void> {
    let flushed: void | Promise<void>;
    let closed: void | Promise<void>;
    try {
      flushed = this.flushOnClose ? this.flush() : undefined;
    } finally {
      // Also where the target fails: nobody closes it a second time.
      unregisterForExit(this);
      this.target = null;
      closed = super.close();
    }
    return flushed === undefined ? closed : Promise.all([flushed, closed]).then(() => undefined);
  }
}
