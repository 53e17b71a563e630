import { LoggingError } from '../../core/errors.js';
import type { Handler } from '../../core/handler.js';
import { formatIssue } from '../../core/options.js';
import { type Constructible, construct } from '../../runtime/construct.js';
import { QueueListener, type QueueListenerOptions } from './queue-listener.js';
import {
  type CheckedQueueOptions,
  findConflict,
  type ListenerFactory,
  type QueueBounds,
  type QueueFactory,
  type RecordSink,
} from './queue-options.js';
import { RecordQueue } from './record-queue.js';
import { WorkerQueueListener } from './worker/worker-queue-listener.js';

/**
 * The queue for the option `queue`; one with the default bounds if it is left out.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for a factory that makes something else.
 */
export function resolveQueue(option: CheckedQueueOptions['queue']): RecordSink {
  if (option === undefined || typeof option === 'string') return new RecordQueue();
  if ('put_nowait' in option) return option as RecordSink;
  if (typeof option['()'] === 'function') return makeQueue(option as QueueFactory);
  // Python: a maxsize of 0 or less is no bound; ours stays.
  const { maxsize, maxRecords, maxBytes, overflow } = option as QueueBounds;
  const bound = maxsize !== undefined && maxsize > 0 ? maxsize : maxRecords;
  return new RecordQueue({ maxRecords: bound, maxBytes, overflow });
}

function makeQueue({ '()': factory, ...options }: QueueFactory): RecordSink {
  const queue = construct(factory as Constructible, options) as RecordSink | undefined;
  if (typeof queue?.put_nowait === 'function') return queue;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    'QueueHandler.queue.(): what it made has no put_nowait(record) method',
  );
}

/**
 * The listener that a QueueHandler's options ask for; `null` for none.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that exclude each other, or a queue that nothing can be taken
 * from.
 */
export function makeListener(
  options: CheckedQueueOptions,
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

/** The function that makes the listener for an option. */
function resolveListener(
  option: CheckedQueueOptions['listener'],
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
