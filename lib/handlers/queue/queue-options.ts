import * as v from 'valibot';
import { type Handler, isHandler } from '../../core/handler.js';
import type { OptionIssue } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { boundEntries } from '../delivery/delivery-options.js';
import { handlerEntries } from '../handler-options.js';
import type { QueueListener, QueueListenerOptions } from './queue-listener.js';
import type { RecordQueue } from './record-queue.js';

/** Python's queues that a configuration may name: all of them are a {@link RecordQueue} here. */
const QUEUE_NAMES = ['queue.Queue', 'queue.SimpleQueue', 'multiprocessing.Queue', 'RecordQueue'];
const LISTENER_NAMES = ['logging.handlers.QueueListener', 'QueueListener'];

const EXPECTED_QUEUE = `expected a queue (an object with put_nowait), its bounds (any of maxRecords, maxBytes, overflow, maxsize), or one of ${QUEUE_NAMES.join(', ')}`;
const EXPECTED_LISTENER = `expected a class derived from QueueListener, a function, or one of ${LISTENER_NAMES.join(', ')}, itself or under "()"`;

/** Where a QueueHandler puts records: a {@link RecordQueue}, or anything with its `put_nowait`. */
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

/** The keys of a QueueHandler in a configuration. */
export const queueHandlerSchema = lazy(() =>
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

/** Options of a QueueHandler. */
export type QueueHandlerOptions = v.InferInput<ReturnType<typeof queueHandlerSchema>>;

/** {@link QueueHandlerOptions} as checked. */
export type CheckedQueueOptions = v.InferOutput<ReturnType<typeof queueHandlerSchema>>;

/** The bounds of a queue that is to be made. */
export type QueueBounds = v.InferOutput<ReturnType<typeof queueBounds>>;

/** What makes a queue, with its options. */
export type QueueFactory = v.InferOutput<ReturnType<typeof queueFactory>>;

/**
 * Finds options that exclude each other. Not a check of the schema, which never sees the `handlers` that a configuration
 * names.
 */
export function findConflict({
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

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
