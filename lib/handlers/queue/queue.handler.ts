import { whenActive } from '../../core/activation.js';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { isUserBuffer } from '../../core/exit-drain.js';
import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { settle, wrongAnswer } from '../../core/overrides.js';
import { copyRecord, keepFields } from '../../core/records/copy-record.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { tracebackText } from '../../core/records/record-traceback.js';
import type { QueueStats } from '../delivery/delivery-queue.js';
import { ErrorReporter } from '../delivery/error-reporter.js';
import type { QueueListener } from './queue-listener.js';
import {
  findConflict,
  type QueueHandlerOptions,
  queueHandlerSchema,
  type RecordSink,
} from './queue-options.js';
import { makeListener, resolveQueue } from './queue-parts.js';
import type { QueueItem } from './record-queue.js';
import { WorkerQueueListener } from './worker/worker-queue-listener.js';

export type { QueueHandlerOptions } from './queue-options.js';

/**
 * Puts records in a queue and leaves the rest to a listener, so that a log call takes no longer than that.
 *
 * With `worker`, a part of a configuration, the handlers are made and run in a worker thread, so that formatting and
 * writing cost this one nothing; classes are named there, never given. With `handlers`, which is how configurations
 * have it, it has a listener of its own: `listener`, started when the configuration is active and stopped by `close`.
 * At most 50 000 records or 16 MiB wait; what is dropped is counted in `stats` and reported.
 *
 * Differs from Python: that listener need not be started, and starting it again does no harm. A handler without a
 * formatter keeps the traceback apart from the message, so that the final handler's formatter can place it; with one
 * it does as Python: the text it gives, traceback included, becomes the message.
 *
 * @example
 * new QueueHandler({ handlers: [new FileHandler({ filename: 'app.log' })], respect_handler_level: true })
 * @see https://docs.python.org/3/library/logging.handlers.html#queuehandler
 */
export class QueueHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof queueHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(QueueHandler, {
    name: 'QueueHandler',
    pythonNames: ['logging.handlers.QueueHandler'],
    schema: queueHandlerSchema,
  });
  /** Options that name handlers of the configuration. */
  static readonly handlerOptions: readonly string[] = ['handlers'];
  /** Options that hold sections of a configuration, to be made in a worker thread. */
  static readonly workerOptions: readonly string[] = ['worker'];

  /** Finds options that exclude each other, for checks of configurations. */
  static readonly findConflict: typeof findConflict = findConflict;

  /** Where the records go. */
  readonly queue: RecordSink;
  /** The listener of its own, or one that was set; `null` if there is none. */
  listener: QueueListener | WorkerQueueListener | null = null;

  readonly #reporter = new ErrorReporter(this);
  #isClosed = false;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: QueueHandlerOptions = {}) {
    const checked = checkOptions('QueueHandler', queueHandlerSchema(), options, new.target === QueueHandler);
    super(checked);
    this.queue = resolveQueue(checked.queue);
    const listener = makeListener(checked, this.queue);
    if (listener === null) return;
    this.listener = listener;
    whenActive({ start: () => listener.start(), rollback: () => void listener.stop() });
  }

  /** What became of the records: `delivered` is what the listener took. `undefined` for a queue that does not count. */
  get stats(): QueueStats | undefined {
    return this.queue.stats;
  }

  /** Prepares the record and enqueues it; one that its own listener's handlers log is left out. */
  emit(record: LogRecord): void {
    if (this.listener?.isHandling) return;
    const { dropped } = this.queue;
    const prepared = itemFrom(this.prepare(record), this, record);
    settle(this.enqueue(prepared), this, record);
    if (this.#isClosed && this.listener?.isRunning === false) this.listener.drain();
    else if (this.queue.dropped !== dropped) {
      this.#reporter.report(new Error(`the queue is full, records are lost: ${this.queue.dropped} so far`));
    }
  }

  /** Puts what `prepare` gave in the queue. */
  enqueue(record: QueueItem): void {
    // A queue of the user's own may put it there later, and nobody waits for that.
    settle(this.queue.put_nowait(record), this);
  }

  /**
   * A copy of the record for later: message and arguments are merged, the traceback is text, the fields are those of the
   * call, and the caller is known if a handler's formatter asks for it. As in Python, an object inside of a field is
   * not copied.
   */
  prepare(record: LogRecord): LogRecord {
    if (this.listener === null) record.caller();
    else this.listener.keepCaller(record);
    const hasFormatter = this.formatter !== null;
    const message = hasFormatter ? this.format(record) : record.getMessage();
    const copy = copyRecord(record);
    keepFields(copy);
    copy.message = message;
    copy.msg = message;
    copy.args = [];
    if (hasFormatter) {
      copy.excInfo = undefined;
      copy.excText = undefined;
      copy.stackInfo = undefined;
    } else tracebackText(copy);
    return copy;
  }

  /** Has its listener handle all that waits, and flushes the listener's handlers. */
  override flush(): void | Promise<void> {
    return this.listener?.flush();
  }

  /** See {@link Handler.outlivesClose}: its handlers then get records at once; a worker is gone. */
  override get outlivesClose(): boolean {
    return !(this.listener instanceof WorkerQueueListener) && !isUserBuffer(this);
  }

  /**
   * Stops its listener, which handles what waits first; the listener's handlers are not closed. What comes later is
   * passed to them at once; with a worker, which ends, it is lost and counted.
   */
  override close(): void | Promise<void> {
    super.close();
    this.#isClosed = true;
    return this.listener?.stop();
  }
}

/**
 * The result of an overridden `prepare`: a record, or anything from which the listener makes a record.
 *
 * @throws {LoggingError} `ERR_LOGGING_OVERRIDE` for nothing, which would end the listener, and for a promise.
 */
function itemFrom<T>(prepared: T, source: object, record: LogRecord): T {
  if (prepared == null || settle(prepared, source, record)) {
    throw wrongAnswer('prepare', 'a LogRecord at once', prepared);
  }
  return prepared;
}
