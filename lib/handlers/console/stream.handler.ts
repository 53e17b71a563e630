import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { isUserBuffer } from '../../core/exit-drain.js';
import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkLevel } from '../../core/levels.js';
import { checkOptions, type OptionsSchema } from '../../core/options.js';
import { settle, textBy } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { lazy } from '../../runtime/lazy.js';
import type { DeliveryStats } from '../delivery/delivery-queue.js';
import { LogFile } from '../file/log-file.js';
import { handlerEntries } from '../handler-options.js';
import { batchingEntries } from '../output/batching-options.js';
import type { TextStream, TextTarget } from '../output/text-target.js';
import type { Batching } from '../output/text-writer.js';
import { ConsoleTarget } from './console-target.js';
import { CustomStreamTarget } from './custom-stream-target.js';

const textStreamSchema = lazy(() =>
  v.custom<TextStream>(isStream, 'expected a stream: an object with a write(text) method'),
);

/** Options of a {@link StreamHandler}. */
const streamHandlerSchema = lazy(() =>
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
 * Delivery: `sync-to-kernel`. Standard streams are written to at once, bypassing Node's streams: a line is written when
 * the log call returns, whatever happens to the process. A reader that does not read is waited for up to 2 s; then
 * lines are buffered, up to 16 MiB or 50,000 records, until it does. A replaced `write` of `process.stdout` (test
 * runners, capturing tools) is used. Other streams are written to through `write`, `at-most-once`.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#streamhandler
 */
export class StreamHandler extends Handler {
  static readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(StreamHandler, {
    name: 'StreamHandler',
    pythonNames: ['logging.StreamHandler'],
    schema: streamHandlerSchema,
  });

  /** Written after each record; default a newline. */
  terminator = '\n';

  readonly #batching: Batching;
  #stream: TextStream | null;
  #target: TextTarget | null = null;
  /** Earlier streams that still have something to write, and the counters of the others. */
  #earlier: TextTarget[] = [];
  #past: DeliveryStats = { emitted: 0, delivered: 0, queued: 0, dropped: 0 };

  /**
   * @param options The options, or just the stream, as in Python.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
   */
  constructor(options: StreamHandlerOptions | TextStream = {}) {
    const checked = checkOptions(
      'StreamHandler',
      streamHandlerSchema(),
      isStream(options) ? { stream: options } : options,
      new.target === StreamHandler,
    );
    super(checked);
    const { bufferSize, flushIntervalMs, flushLevel } = checked;
    this.#batching = { bufferSize, flushIntervalMs, flushLevel: checkLevel(flushLevel) };
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

  /** Writes a record's formatted text and the terminator. */
  protected write(text: string, record: LogRecord): void {
    const line = typeof text === 'string' ? text : textBy(text, this, record);
    const error = this.#target?.write(line + this.terminator, record.levelno, record.created * 1000);
    if (error !== undefined) this.handleError(record, error);
    // A `flush` of a derived class or of the object is called after each record, as in Python.
    if (this.flush !== flush) settle(this.flush(), this, record);
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

  /** Writes what is buffered; resolves when it is written. */
  override flush(): void | Promise<void> {
    return this.#target?.flush();
  }

  /** See {@link Handler.outlivesClose}: a stream stays open, and a file is opened again. */
  override get outlivesClose(): boolean {
    return !isUserBuffer(this);
  }

  /** Flushes, and stops listening for the stream's errors. The stream stays open: it may be a standard one. */
  override close(): void | Promise<void> {
    super.close();
    const flushed = this.flush();
    const target = this.#target;
    if (!(target instanceof CustomStreamTarget)) return flushed;
    return Promise.resolve(flushed).finally(() => target.detach());
  }

  protected override noteRecursion(): void {
    this.#target?.noteRecursion?.();
  }

  /** Reports an error that does not belong to a current record. */
  protected reportError(error: unknown): void {
    reportLoggingError(this, undefined, error);
  }

  #attach(stream: TextStream): void {
    void this.#target?.detach();
    if (this.#target !== null) this.#earlier.push(this.#target);
    for (const { stats } of this.#earlier) if (stats.queued === 0) this.#past = addStats(this.#past, stats);
    this.#earlier = this.#earlier.filter(({ stats }) => stats.queued > 0);
    this.#stream = stream;
    this.#target =
      stream instanceof LogFile
        ? stream
        : targetOf(stream, this.#batching, (error) => this.reportError(error));
  }
}

const { flush } = StreamHandler.prototype;

function isStream(value: unknown): value is TextStream {
  return typeof (value as { write?: unknown } | null)?.write === 'function';
}

function addStats(one: DeliveryStats, other: DeliveryStats): DeliveryStats {
  return {
    emitted: one.emitted + other.emitted,
    delivered: one.delivered + other.delivered,
    queued: one.queued + other.queued,
    dropped: one.dropped + other.dropped,
  };
}

/** The names of the standard streams in configurations. */
const standardStreamNames = ['stdout', 'stderr', 'ext://sys.stdout', 'ext://sys.stderr'] as const;

/** The stream that an option names. */
function findStream(
  stream: TextStream | (typeof standardStreamNames)[number] | null | undefined,
): TextStream {
  if (typeof stream === 'object' && stream !== null) return stream;
  return stream?.endsWith('stdout') ? process.stdout : process.stderr;
}

/**
 * The way to write to a stream: bypassing Node's streams if it is a standard one. Node makes each of these when it is first
 * asked for, which takes longer than all that is done here: standard output is not asked for where the other is meant.
 */
function targetOf(stream: TextStream, batching: Batching, onError: (error: unknown) => void): TextTarget {
  const isError = (stream as { fd?: unknown }).fd === 2 && stream === process.stderr;
  if (!isError && stream === process.stdout) return new ConsoleTarget(process.stdout, batching, onError);
  if (isError || stream === process.stderr) return new ConsoleTarget(process.stderr, batching, onError);
  return new CustomStreamTarget(stream, onError);
}
