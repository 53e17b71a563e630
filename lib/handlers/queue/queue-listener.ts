import { type Drainable, registerForExit, unregisterForExit } from '../../core/exit-drain.js';
import type { Handler } from '../../core/handler.js';
import { handOver, recordFrom, settle, wrongAnswer } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportLoggingError, reportMisuse } from '../../core/reports/diagnostics.js';
import { keepCaller } from './keep-caller.js';
import type { QueueItem, RecordQueue } from './record-queue.js';

/** Options of {@link QueueListener}. */
export interface QueueListenerOptions {
  /** Whether handlers get only records of their level or above; default false: all get all, as in Python. */
  readonly respect_handler_level?: boolean | undefined;
}

/** Records handled before other work of the process gets its turn. */
const BATCH = 200;

/**
 * Takes records from a queue and passes them to handlers, in separate turns: the log call only queues.
 *
 * What still waits when the process ends, also by `process.exit()`, is handled then.
 *
 * Differs from Python: there is no thread; records are handled between other work of the process, 200 at a time.
 * `start` may be called again.
 *
 * @example
 * const queue = new RecordQueue();
 * const listener = new QueueListener(queue, new FileHandler({ filename: 'app.log' }), { respect_handler_level: true });
 * getLogger().addHandler(new QueueHandler({ queue }));
 * listener.start();
 * @see https://docs.python.org/3/library/logging.handlers.html#queuelistener
 */
export class QueueListener implements Drainable {
  readonly queue: RecordQueue;
  readonly handlers: readonly Handler[];
  /** Whether handlers get only records of their level or above. */
  respect_handler_level: boolean;

  #isRunning = false;
  #isHandling = false;
  #turn: NodeJS.Immediate | undefined;
  /** Whether the last `dequeue` failed: calling it again at once might never end. */
  #isStuck = false;

  /** @param handlers The handlers; the options may follow as the last argument. */
  constructor(queue: RecordQueue, ...handlers: [...Handler[]] | [...Handler[], QueueListenerOptions]) {
    const given: readonly (Handler | QueueListenerOptions)[] = handlers;
    const last = given.at(-1);
    this.queue = queue;
    this.handlers = given.filter((item) => 'handle' in item);
    this.respect_handler_level =
      (last !== undefined && !('handle' in last) && last.respect_handler_level) || false;
  }

  /** Begins to handle what is in the queue and what comes; does nothing if it runs. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.queue.watch(() => this.#schedule());
    if (!this.queue.empty()) this.#schedule();
  }

  /** Whether it was started and not stopped. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Whether a handler is working; what is logged meanwhile would come back to it without end. */
  get isHandling(): boolean {
    return this.#isHandling;
  }

  /** Handles what is in the queue, then ends; it may be started again. */
  stop(): void | Promise<void> {
    if (!this.#isRunning) return;
    try {
      settle(this.enqueue_sentinel(), this);
    } catch {
      // A full queue of the user's own: all that is in it is handled all the same.
    }
    this.drain();
    // Such a queue may also have dropped the mark.
    if (this.#isRunning) this.#end();
  }

  /** Handles what is in the queue now, then flushes the handlers. */
  flush(): void | Promise<void> {
    if (this.#isRunning) this.drain(this.queue.qsize());
    const pending = this.handlers.map(flushOf).filter((flushed) => flushed instanceof Promise);
    if (pending.length > 0) return Promise.all(pending).then(() => undefined);
  }

  /** Hands one record to the handlers. */
  handle(record: LogRecord): void {
    const prepared = recordFrom(this.prepare(record), 'prepare', this, record);
    for (const handler of this.handlers) {
      if (!this.respect_handler_level || prepared.levelno >= handler.level) handOver(handler, prepared);
    }
  }

  /** Makes a record ready for handling; as it is, unless overridden. */
  prepare(record: LogRecord): LogRecord {
    return record;
  }

  /** Takes the next item from the queue: a record, `null` for the end mark, `undefined` if there is none. */
  dequeue(): QueueItem | undefined {
    return this.queue.get_nowait();
  }

  /** Puts the mark in the queue that ends the listener. */
  enqueue_sentinel(): void {
    settle(this.queue.put_nowait(null), this);
  }

  /** Reads during the call what the handlers' formatters will need. */
  keepCaller(record: LogRecord): void {
    for (const handler of this.handlers) keepCaller(record, handler.formatter);
  }

  /** Handles records up to the end mark, or all there are. @param limit The most to handle. */
  drain(limit = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < limit; count += 1) {
      const item = this.#dequeue();
      if (item === undefined) break;
      if (item === null) {
        this.#end();
        return;
      }
      this.#handle(item);
    }
    if (this.queue.empty()) this.#rest();
  }

  /** A `dequeue` of a derived class that fails returns nothing now; it is called again when more records come. */
  #dequeue(): QueueItem | undefined {
    try {
      const item: unknown = this.dequeue();
      if (settle(item, this)) throw wrongAnswer('dequeue', 'a record, null or undefined at once', item);
      return item as QueueItem | undefined;
    } catch (error) {
      reportMisuse(this, undefined, error);
      this.#isStuck = true;
      return undefined;
    }
  }

  #handle(record: LogRecord): void {
    this.#isHandling = true;
    try {
      settle(this.handle(record), this, record);
    } catch (error) {
      // Handlers catch their own; this is `handle` or `prepare` of a derived class.
      reportLoggingError(this, record, error);
    } finally {
      this.#isHandling = false;
    }
  }

  /** Not what comes meanwhile: a handler may put each record back into this very queue. */
  drainAtExit(): void {
    this.drain(this.queue.qsize());
  }

  #schedule(): void {
    if (this.#turn !== undefined || !this.#isRunning) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#isStuck = false;
      this.drain(BATCH);
      if (!this.queue.empty() && !this.#isStuck) this.#schedule();
    });
    registerForExit(this);
  }

  #end(): void {
    this.#isRunning = false;
    this.queue.watch(undefined);
    this.#rest();
  }

  #rest(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    unregisterForExit(this);
  }
}

/** A handler that throws keeps no other from being flushed. */
function flushOf(handler: Handler): void | Promise<void> {
  try {
    return handler.flush();
  } catch (error) {
    return Promise.reject(error);
  }
}
