import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import type { Handler } from '../../core/handler.js';
import { construct } from '../../runtime/construct.js';
import { lazy } from '../../runtime/lazy.js';
import { boundEntries } from '../delivery/bound-options.js';
import { QueueListener, type QueueListenerOptions } from './queue-listener.js';
import { RecordQueue } from './record-queue.js';

/** Python's queues that a configuration may name: all of them are a {@link RecordQueue} here. */
const QUEUE_NAMES = ['queue.Queue', 'queue.SimpleQueue', 'multiprocessing.Queue', 'RecordQueue'];
const LISTENER_NAMES = ['logging.handlers.QueueListener', 'QueueListener'];

const EXPECTED_QUEUE = `expected a queue (an object with put_nowait), its bounds (any of maxRecords, maxBytes, overflow, maxsize), or one of ${QUEUE_NAMES.join(', ')}`;
const EXPECTED_LISTENER = `expected a class derived from QueueListener, a function, or one of ${LISTENER_NAMES.join(', ')}, itself or under "()"`;

const queueName = lazy(() => v.picklist(QUEUE_NAMES));
/** What records can be put into. */
type RecordSink = Pick<RecordQueue, 'put_nowait'> & Partial<RecordQueue>;

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
export const queueOption = lazy(() =>
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
export const listenerOption = lazy(() =>
  v.pipe(
    v.union([listenerFactory(), v.looseObject({ '()': listenerFactory() })], EXPECTED_LISTENER),
    v.description('What makes the listener; default QueueListener.'),
  ),
);

const section = lazy(() => v.record(v.string(), v.record(v.string(), v.unknown())));

/** What `worker` may be: sections of a configuration. */
export const workerConfig = lazy(() =>
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

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** The queue for an option. */
export function resolveQueue(option: v.InferOutput<ReturnType<typeof queueOption>> | undefined): RecordSink {
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
export function resolveListener(
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
