import * as v from 'valibot';
import { reportLoggingError } from '../core/diagnostics.js';
import { Handler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import { checkLevel } from '../core/levels.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { batchingEntries } from './support/batching-options.js';
import type { DeliveryStats } from './support/bounded-queue.js';
import { handlerEntries } from './support/handler-options.js';
import { LogFile } from './support/log-file.js';
import {
  findStream,
  standardStreamNames,
  type TextStream,
  type TextTarget,
  targetOf,
} from './support/stream-target.js';
import type { Batching } from './support/text-writer.js';

const textStreamSchema = lazy(() =>
  v.custom<TextStream>(
    (value) => typeof (value as { write?: unknown } | null)?.write === 'function',
    'expected a stream: an object with a write(text) method',
  ),
);

/** Options of a {@link StreamHandler}. */
export const streamHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    stream: v.optional(
      v.pipe(
        v.nullable(
          v.union(
            [v.picklist(standardStreamNames), textStreamSchema()],
            'expected a stream: "stdout", "stderr", or an object with a write(text) method',
          ),
        ),
        v.description(
          'Where to write: a standard stream or an object with write(text); default standard error.',
        ),
      ),
    ),
    ...batchingEntries(),
  }),
);

/** Options of a {@link StreamHandler}. */
export type StreamHandlerOptions = v.InferInput<ReturnType<typeof streamHandlerSchema>>;

/**
 * Writes each record, formatted, and a newline to a stream; default standard error.
 *
 * Delivery: `sync-to-kernel`. Standard streams are written to at once, past Node's own streams: a line is out when
 * the log call returns, whatever becomes of the process. A reader that does not read is waited for up to 2 s; then
 * lines are kept, up to 16 MiB or 50,000 records, until it does. Somebody's own `write` on `process.stdout` (test
 * runners, capturing tools) is respected. Other streams are written to through `write`, `at-most-once`.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#streamhandler
 */
export class StreamHandler extends Handler {
  static readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(StreamHandler, 'optionsSchema', streamHandlerSchema);
  }

  /** Written after each record; default a newline. */
  terminator = '\n';

  readonly #batching: Batching;
  #stream: TextStream | null;
  #target: TextTarget | null = null;
  /** Streams from before that still have something to write, and what became of the records of the others. */
  #earlier: TextTarget[] = [];
  #past: DeliveryStats = { emitted: 0, delivered: 0, queued: 0, dropped: 0 };

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: StreamHandlerOptions = {}) {
    const checked = checkOptions(
      'StreamHandler',
      streamHandlerSchema(),
      options,
      new.target === StreamHandler,
    );
    super(checked);
    const { bufferSize, flushInterval, flushLevel } = checked;
    this.#batching = { bufferSize, flushInterval, flushLevel: checkLevel(flushLevel) };
    this.#stream = findStream(checked.stream);
    this.#attach(this.#stream);
  }

  /** Where it writes. */
  get stream(): TextStream | null {
    return this.#stream;
  }

  /** What became of its records: written, waiting, lost. */
  get stats(): DeliveryStats {
    const targets = this.#target === null ? this.#earlier : [...this.#earlier, this.#target];
    return targets.reduce((sum, { stats }) => addStats(sum, stats), this.#past);
  }

  override emit(record: LogRecord): void {
    this.write(this.format(record), record);
  }

  /** Writes a record's text, formatted already, and the terminator. */
  protected write(text: string, record: LogRecord): void {
    const fault = this.#target?.write(text + this.terminator, record.levelno, record.created * 1000);
    if (fault !== undefined) this.handleError(record, fault);
  }

  /**
   * Writes to another stream from now on.
   *
   * @returns The stream it wrote to before, or `null` if it is the same.
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.StreamHandler.setStream
   */
  setStream(stream: TextStream): TextStream | null {
    const before = this.#stream;
    if (stream === before) return null;
    this.#attach(stream);
    return before;
  }

  /** Writes what is held back; resolves when it is out. */
  override flush(): void | Promise<void> {
    return this.#target?.flush();
  }

  /** Flushes. The stream stays open: it may be a standard one. */
  override close(): void | Promise<void> {
    super.close();
    return this.flush();
  }

  /** Reports a fault that no record of now is to blame for. */
  protected reportFault(error: unknown): void {
    reportLoggingError(this, undefined, error);
  }

  #attach(stream: TextStream): void {
    this.#target?.detach();
    if (this.#target !== null) this.#earlier.push(this.#target);
    for (const { stats } of this.#earlier) if (stats.queued === 0) this.#past = addStats(this.#past, stats);
    this.#earlier = this.#earlier.filter(({ stats }) => stats.queued > 0);
    this.#stream = stream;
    this.#target =
      stream instanceof LogFile
        ? stream
        : targetOf(stream, this.#batching, (error) => this.reportFault(error));
  }
}

function addStats(one: DeliveryStats, other: DeliveryStats): DeliveryStats {
  return {
    emitted: one.emitted + other.emitted,
    delivered: one.delivered + other.delivered,
    queued: one.queued + other.queued,
    dropped: one.dropped + other.dropped,
  };
}
