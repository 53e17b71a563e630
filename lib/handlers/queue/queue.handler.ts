import * as v from 'valibot';
import { whenActive } from '../../core/activation.js';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { LoggingError } from '../../core/errors.js';
import { isUserBuffer } from '../../core/exit-drain.js';
import { Handler, isHandler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions, formatIssue, type OptionIssue } from '../../core/options.js';
import { settle, wrongAnswer } from '../../core/overrides.js';
import { copyRecord, keepFields } from '../../core/records/copy-record.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { tracebackText } from '../../core/records/record-traceback.js';
import { construct } from '../../runtime/construct.js';
import { lazy } from '../../runtime/lazy.js';
import { boundEntries } from '../delivery/delivery-options.js';
import type { QueueStats } from '../delivery/delivery-queue.js';
import { ErrorReporter } from '../delivery/error-reporter.js';
import { handlerEntries } from '../handler-options.js';
import { QueueListener, type QueueListenerOptions } from './queue-listener.js';
import { type QueueItem, RecordQueue } from './record-queue.js';
import { WorkerQueueListener } from './worker/worker-queue-listener.js';

/** Python's queues that a configuration may name: all of them are a {@link RecordQueue} here. */
const QUEUE_NAMES = ['queue.Queue', 'queue.SimpleQueue', 'multiprocessing.Queue', 'RecordQueue'];
const LISTENER_NAMES = ['logging.handlers.QueueListener', 'QueueListener'];

const EXPECTED_QUEUE = `expected a queue (an object with put_nowait), its bounds (any of maxRecords, maxBytes, overflow, maxsize), or one of ${QUEUE_NAMES.join(', ')}`;
const EXPECTED_LISTENER = `expected a class derived from QueueListener, a function, or one of ${LISTENER_NAMES.join(', ')}, itself or under "()"`;

/** Where a {@link QueueHandler} puts records: a {@link RecordQueue}, or anything with its `put_nowait`. */
export type RecordSink = Pick<RecordQueue, 'put_nowait'> & Partial<RecordQueue>;

const queueName = lazy(() => v.picklist(QUEUE_NAMES));
const putter = lazy(() =>
  v.custom<RecordSink>(
    (value) => typeof (value as { put_nowait?: unknown } | null)?.put_nowait === 'function',
  ),
);
const queueBounds = lazy(() =>
  v.strictObject({
    '()': v.optional(queueName()),
    maxsize: v.optional(v.pipe(v.number(), v.integer())),
    ...boundEntries(),
  }),
);

/** A class or function that makes a queue, with the options it is given; as `()` has it everywhere. */
const queueFactory = lazy(() =>
  v.looseObject({
    '()': v.custom<(new (options: object) => RecordSink) | ((options: object) => RecordSink)>(
      (value) => typeof value === 'function',
    ),
  }),
);

/** What `queue` may be: a queue, Python's name of one, or the bounds of one. */
const queueOption = lazy(() =>
  v.pipe(
    v.union([putter(), queueName(), queueFactory(), queueBounds()], EXPECTED_QUEUE),
    v.description('The queue, or its bounds; default one of 50 000 records or 16 MiB.'),
  ),
);

/** Makes a listener: a class derived from QueueListener, or a function. */
export type ListenerFactory =
  | typeof QueueListener
  | ((queue: RecordQueue, ...handlers: [...Handler[], QueueListenerOptions]) => QueueListener);

const listenerFactory = lazy(() =>
  v.union([v.picklist(LISTENER_NAMES), v.custom<ListenerFactory>((value) => typeof value === 'function')]),
);

/** What `listener` may be: a class derived from QueueListener or a function, itself or under `()`. */
const listenerOption = lazy(() =>
  v.pipe(
    v.union([listenerFactory(), v.looseObject({ '()': listenerFactory() })], EXPECTED_LISTENER),
    v.description('What makes the listener; default QueueListener.'),
  ),
);

const section = lazy(() => v.record(v.string(), v.record(v.string(), v.unknown())));

/** What `worker` may be: sections of a configuration. */
const workerConfig = lazy(() =>
  v.pipe(
    v.strictObject({
      handlers: v.pipe(
        section(),
        v.check(
          (handlers) => Object.keys(handlers).length > 0,
          'empty; without a handler all records are lost',
        ),
      ),
      formatters: v.optional(section()),
      filters: v.optional(section()),
    }),
    v.check(
      (value) => isCloneable(value),
      'expected plain data: a class cannot go to a worker thread, name one instead',
    ),
  ),
);

/** The keys of a {@link QueueHandler} in a configuration. */
const queueHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    queue: v.optional(queueOption()),
    listener: v.optional(listenerOption()),
    handlers: v.optional(
      v.pipe(
        v.array(v.custom<Handler>(isHandler, 'expected a handler, or the name of one in the configuration')),
        v.description('Who handles the records in the end; in a configuration names of handlers.'),
      ),
    ),
    worker: v.optional(
      v.pipe(
        workerConfig(),
        v.description(
          'Sections `handlers`, `formatters` and `filters`, to be made and run in a worker thread.',
        ),
      ),
    ),
    respect_handler_level: v.optional(
      v.pipe(v.boolean(), v.description('Whether these handlers get only records of their level or above.')),
      false,
    ),
  }),
);

/** Options of {@link QueueHandler}. */
export type QueueHandlerOptions = v.InferInput<ReturnType<typeof queueHandlerSchema>>;

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

function findConflict({
  worker,
  handlers,
  listener,
}: Readonly<Record<string, unknown>>): OptionIssue | undefined {
  if (worker === undefined || (handlers === undefined && listener === undefined)) return undefined;
  return {
    path: 'worker',
    message:
      'the handlers are either in this thread or in a worker; leave out "worker", or "handlers" and "listener"',
  };
}

function makeListener(
  options: v.InferOutput<ReturnType<typeof queueHandlerSchema>>,
  queue: RecordSink,
): QueueListener | WorkerQueueListener | null {
  const { handlers, listener, worker, respect_handler_level } = options;
  const conflict = findConflict(options);
  if (conflict !== undefined)
    throw new LoggingError('ERR_LOGGING_OPTIONS', `QueueHandler.${formatIssue(conflict)}`);
  if (worker !== undefined)
    return new WorkerQueueListener(listenable(queue), worker, { respect_handler_level });
  if (handlers === undefined && listener === undefined) return null;
  return resolveListener(listener)(listenable(queue), ...(handlers ?? []), { respect_handler_level });
}

function listenable(queue: RecordSink): RecordQueue {
  if (typeof queue.get_nowait === 'function' && typeof queue.watch === 'function')
    return queue as RecordQueue;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    'QueueHandler.queue: a listener needs a queue it can take from (get_nowait, watch); use a RecordQueue, or leave out "handlers" and "listener"',
  );
}

/** The queue for an option. */
function resolveQueue(option: v.InferOutput<ReturnType<typeof queueOption>> | undefined): RecordSink {
  if (option === undefined || typeof option === 'string') return new RecordQueue();
  if ('put_nowait' in option) return option as RecordSink;
  if (typeof option['()'] === 'function')
    return makeQueue(option as v.InferOutput<ReturnType<typeof queueFactory>>);
  // Python: a maxsize of 0 or less is no bound; ours stays.
  const { maxsize, maxRecords, maxBytes, overflow } = option as v.InferOutput<ReturnType<typeof queueBounds>>;
  const bound = maxsize !== undefined && maxsize > 0 ? maxsize : maxRecords;
  return new RecordQueue({ maxRecords: bound, maxBytes, overflow });
}

function makeQueue({
  '()': factory,
  ...options
}: v.InferOutput<ReturnType<typeof queueFactory>>): RecordSink {
  const queue = construct(factory as never, options) as RecordSink | undefined;
  if (typeof queue?.put_nowait === 'function') return queue;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    'QueueHandler.queue.(): what it made has no put_nowait(record) method',
  );
}

/** The function that makes the listener for an option. */
function resolveListener(
  option: v.InferOutput<ReturnType<typeof listenerOption>> | undefined,
): (queue: RecordQueue, ...handlers: [...Handler[], QueueListenerOptions]) => QueueListener {
  const { '()': factory, ...more } = typeof option === 'object' ? option : { '()': option };
  const make = factory === undefined || typeof factory === 'string' ? QueueListener : factory;
  return (queue, ...rest) => {
    const handlers = rest.slice(0, -1) as Handler[];
    const options = { ...(rest.at(-1) as QueueListenerOptions), ...more };
    return isListenerClass(make) ? new make(queue, ...handlers, options) : make(queue, ...handlers, options);
  };
}

function isListenerClass(factory: ListenerFactory): factory is typeof QueueListener {
  return factory === QueueListener || factory.prototype instanceof QueueListener;
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
