import { reportLoggingError } from '../core/diagnostics.js';
import type { Handler } from '../core/handler.js';
import type { LogRecord } from '../core/log-record.js';
import { type Drainable, holdUntilExit, releaseFromExit } from './support/exit-drain.js';
import { keepCaller } from './support/keep-caller.js';
import type { QueueItem, RecordQueue } from './support/record-queue.js';

/** Options of {@link QueueListener}. */
export interface QueueListenerOptions {
  /** Whether handlers get only records of their level or above; default false: all get all, as in Python. */
  readonly respect_handler_level?: boolean | undefined;
}

/** Records handled before other work of the process gets its turn. */
const BATCH = 200;

/**
 * Takes records from a queue and hands them to handlers, in turns of their own: the log call only queues.
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

  /** Whether a handler is at work; what is logged meanwhile would come back to it without end. */
  get isHandling(): boolean {
    return this.#isHandling;
  }

  /** Handles what is in the queue, then ends; it may be started again. */
  stop(): void | Promise<void> {
    if (!this.#isRunning) return;
    this.enqueue_sentinel();
    this.drain();
  }

  /** Handles what is in the queue now, then flushes the handlers. */
  flush(): void | Promise<void> {
    if (this.#isRunning) this.drain();
    const pending = this.handlers
      .map((handler) => handler.flush())
      .filter((flushed) => flushed instanceof Promise);
    if (pending.length > 0) return Promise.all(pending).then(() => undefined);
  }

  /** Hands one record to the handlers. */
  handle(record: LogRecord): void {
    const prepared = this.prepare(record);
    for (const handler of this.handlers) {
      if (!this.respect_handler_level || prepared.levelno >= handler.level) handler.handle(prepared);
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
    this.queue.put_nowait(null);
  }

  /** Finds out during the call what the handlers' formatters will ask for. */
  keepCaller(record: LogRecord): void {
    for (const handler of this.handlers) keepCaller(record, handler.formatter);
  }

  /** Handles records up to the end mark, or all there are. @param limit The most to handle. */
  drain(limit = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < limit; count += 1) {
      const item = this.dequeue();
      if (item === undefined) break;
      if (item === null) {
        this.#end();
        return;
      }
      this.#handle(item);
    }
    if (this.queue.empty()) this.#rest();
  }

  #handle(record: LogRecord): void {
    this.#isHandling = true;
    try {
      this.handle(record);
    } catch (error) {
      // Handlers catch their own; this is `handle` or `prepare` of a derived class.
      reportLoggingError(this, record, error);
    } finally {
      this.#isHandling = false;
    }
  }

  drainAtExit(): void {
    this.drain();
  }

  #schedule(): void {
    if (this.#turn !== undefined || !this.#isRunning) return;
    holdUntilExit(this);
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.drain(BATCH);
      if (!this.queue.empty()) this.#schedule();
    });
  }

  #end(): void {
    this.#isRunning = false;
    this.queue.watch(undefined);
    this.#rest();
  }

  #rest(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    releaseFromExit(this);
  }
}
