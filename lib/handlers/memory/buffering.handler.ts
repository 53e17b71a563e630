import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { Handler } from '../../core/handler.js';
import { isLean, LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { settle, yesBy } from '../../core/overrides.js';
import { keepFields } from '../../core/records/copy-record.js';
import type { LogRecord } from '../../core/records/log-record.js';
import type { DeliveryCounts } from '../../core/reports/handler-counters.js';
import { lazy } from '../../runtime/lazy.js';
import { handlerEntries } from '../handler-options.js';
import { keepCaller } from '../queue/keep-caller.js';

/** The options of a {@link BufferingHandler}, to be spread into the schemas of those derived from it. */
export const bufferingHandlerEntries = lazy(() => ({
  ...handlerEntries(),
  capacity: v.pipe(
    v.number(),
    v.integer('expected an integer'),
    v.minValue(0, 'expected 0 or more'),
    v.description('Records after which the buffer is flushed; 0 flushes after each.'),
  ),
}));

/** The keys of a {@link BufferingHandler} in a configuration. */
const bufferingHandlerSchema = lazy(() => v.strictObject(bufferingHandlerEntries()));

/** Options of {@link BufferingHandler}. */
export type BufferingHandlerOptions = v.InferInput<ReturnType<typeof bufferingHandlerSchema>>;

/**
 * Keeps records in memory until there are `capacity` of them, then flushes: in this class that drops them. Derive from
 * it and write `flush`, and `shouldFlush` for another condition.
 *
 * Records are kept as they are, as in Python: an object among their arguments, or inside of a field, is printed as it is
 * when the buffer is flushed.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.BufferingHandler
 */
export class BufferingHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: v.GenericSchema<object, object>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(BufferingHandler, {
    name: 'BufferingHandler',
    pythonNames: ['logging.handlers.BufferingHandler'],
    schema: bufferingHandlerSchema,
  });

  /** Records after which the buffer is flushed. */
  capacity: number;
  /** The buffered records, the oldest first. */
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
    keepFields(record);
    this.buffer.push(record);
    // Nobody waits for it, and an unhandled rejection would end the process.
    if (yesBy(this.shouldFlush(record), 'shouldFlush', this, record)) settle(this.flush(), this);
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
