import type { Worker } from 'node:worker_threads';
import { type Drainable, isEnding, registerForExit, unregisterForExit } from '../../../core/exit-drain.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { reportLoggingError } from '../../../core/reports/diagnostics.js';
import { waitAtMost } from '../../../runtime/deadline.js';
import { Backoff } from '../../delivery/backoff.js';
import type { QueueEntry } from '../../delivery/delivery-queue.js';
import { ErrorReporter } from '../../delivery/error-reporter.js';
import { RecordPacker } from '../../wire/portable-records.js';
import type { RecordQueue } from '../record-queue.js';
import { assertWorkersStart, startQueueWorker } from './start-worker.js';
import {
  isCarriedOut,
  newProgress,
  type WorkerAnswer,
  type WorkerConfig,
  type WorkerOrder,
} from './worker-protocol.js';

/** Records that are with the worker at most; the others wait in the queue, where they are counted and bounded. */
const MAX_WITH_WORKER = 4_000;
const BATCH = 500;
/** How long the worker may take to handle what it has and to close its handlers, in milliseconds. */
const CLOSE_MS = 4_500;
/** How long after a failure a flush starts no other worker, in milliseconds: shutdown flushes, then closes. */
const HOPELESS_MS = 1_000;

/** An order that was given and not yet answered. */
interface Pending {
  readonly entries: readonly QueueEntry<LogRecord>[];
  readonly answered: () => void;
}

/** Why records are lost, with how many they are. */
const LOSSES = {
  failed: 'the worker ended with records that it had not handled',
  stopped: 'the worker has not handled all in time',
  closed: 'the handler is closed, and its worker with it',
} as const;

/**
 * Takes records from a queue and has them handled in a worker thread, by handlers that are made there: formatting,
 * compressing and writing then cost the main thread nothing.
 *
 * What still waits when the process ends, also by `process.exit()`, is handled then; the process stays for it up to
 * 4.5 s. A worker that dies or cannot start is reported and restarted; the records that were with it are lost. So are
 * those that it has not handled when the listener is stopped or the process ends. They are counted and reported.
 *
 * What a worker writes to standard output goes through the main thread, and is lost if that ends at once: keep console
 * handlers in the main thread.
 */
export class WorkerQueueListener implements Drainable {
  readonly queue: RecordQueue;
  /** The handlers of the worker, as a configuration has them. */
  readonly config: WorkerConfig;
  /** Whether handlers get only records of their level or above. */
  readonly respect_handler_level: boolean;
  /** False: what a handler in the worker logs stays there. */
  readonly isHandling = false;

  readonly #needsCaller: boolean;
  readonly #pending: Pending[] = [];
  readonly #backoff = new Backoff();
  readonly #reporter = new ErrorReporter(this);
  // Separate, so that the reason why a worker does not start does not hide lost records.
  readonly #lossReporter = new ErrorReporter(this);
  #worker: Worker | undefined;
  #progress = newProgress();
  /** Orders that were given to the worker, and answers that are known before their message comes. */
  #ordered = 0;
  #foreseen = 0;
  #isRunning = false;
  #isReady = false;
  #awaitReady: ((isReady: boolean) => void)[] = [];
  #withWorker = 0;
  #turn: NodeJS.Immediate | undefined;
  #respawn: NodeJS.Timeout | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` if this process can start no worker. */
  constructor(
    queue: RecordQueue,
    config: WorkerConfig,
    options: { readonly respect_handler_level?: boolean } = {},
  ) {
    assertWorkersStart();
    this.queue = queue;
    this.config = config;
    this.respect_handler_level = options.respect_handler_level ?? false;
    this.#needsCaller = /pathname|filename|module|lineno|funcName|includeCaller/.test(
      JSON.stringify(config.formatters ?? {}),
    );
  }

  /** Starts the worker; does nothing if it runs. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#spawn();
    this.queue.watch(() => this.#schedule());
    this.#schedule();
  }

  /** Whether it was started and not stopped. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Resolves when everything queued so far is handled and the worker's handlers are flushed, or after 4.5 s. */
  async flush(): Promise<void> {
    if (this.#isRunning) await waitAtMost(CLOSE_MS, this.#flush());
  }

  /** Has everything handled and the handlers closed, then ends the worker; within 4.5 s. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    const closed = this.#flush().then(() => this.#order({ type: 'close' }));
    await waitAtMost(CLOSE_MS, closed);
    this.#isRunning = false;
    clearTimeout(this.#respawn);
    this.queue.watch(undefined);
    unregisterForExit(this);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    await worker?.terminate();
    this.#lose('stopped', true);
  }

  /** Counts what came after the end: no worker is there to handle it. */
  drain(): void {
    if (!this.#isRunning) this.#lose('closed', true);
  }

  /** Reads during the call what the worker's formatters will need. */
  keepCaller(record: LogRecord): void {
    if (this.#needsCaller) record.caller();
  }

  /** Waits, without letting anything else run, until the worker has handled everything and flushed its handlers. */
  drainAtExit(): void {
    if (this.#worker !== undefined) {
      this.#post(Number.POSITIVE_INFINITY);
      void this.#order({ type: 'flush' });
      if (isCarriedOut(this.#progress, this.#ordered, CLOSE_MS)) this.#foresee();
    }
    if (isEnding()) this.#lose('stopped', true);
    if (this.#pending.length > 0 || !this.queue.empty()) return;
    clearImmediate(this.#turn);
    this.#turn = undefined;
    unregisterForExit(this);
  }

  toString(): string {
    return `<WorkerQueueListener of ${Object.keys(this.config.handlers).join(', ')}>`;
  }

  async #flush(): Promise<void> {
    do {
      if (!this.#isReady && !(await this.#becomesReady())) return;
      this.#post(MAX_WITH_WORKER);
      await this.#order({ type: 'flush' });
    } while (this.#isRunning && !this.queue.empty());
  }

  /** Whether the worker has started; one that is to be started again later is started now, unless it failed just before. */
  async #becomesReady(): Promise<boolean> {
    if (this.#worker === undefined && performance.now() < this.#failedAt + HOPELESS_MS) return false;
    const ready = new Promise<boolean>((resolve) => this.#awaitReady.push(resolve));
    if (this.#worker === undefined) this.#spawn();
    return ready;
  }

  /** Settles all orders as answered. Their messages come when the event loop turns again, if ever. */
  #foresee(): void {
    this.#foreseen += this.#pending.length;
    while (this.#pending.length > 0) this.#settle();
  }

  #schedule(): void {
    if (this.#turn !== undefined || this.queue.empty()) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      // Until its handlers are made, records wait here: should that fail, they are still there for the next attempt.
      if (this.#isReady) this.#post(MAX_WITH_WORKER);
    });
    // The process stays until the worker can take what waits.
    if (!this.#isReady) this.#worker?.ref();
    registerForExit(this);
  }

  /** Sends waiting records to the worker until it has `limit` of them. */
  #post(limit: number): void {
    while (this.#worker !== undefined && this.#withWorker < limit) {
      const entries = this.queue.take(BATCH);
      if (entries.length === 0) return;
      const packer = new RecordPacker();
      const sent = entries.filter((entry) => this.#pack(entry, packer));
      if (sent.length === 0) continue;
      this.#withWorker += sent.length;
      void this.#order({ type: 'records', records: packer.records }, sent);
    }
  }

  /** Whether a record could be packed; one that a `prepare` of a derived class left without a message is lost. */
  #pack(entry: QueueEntry<LogRecord>, packer: RecordPacker): boolean {
    try {
      packer.add(entry.item, this.#needsCaller);
      return true;
    } catch (error) {
      this.queue.drop([entry], 'failed');
      reportLoggingError(this, entry.item, error);
      return false;
    }
  }

  /** Resolves when the worker has carried the order out, or is gone. */
  #order(order: WorkerOrder, entries: readonly QueueEntry<LogRecord>[] = []): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve();
    return new Promise((answered) => {
      this.#pending.push({ entries, answered });
      // The process stays for what is being handled, and for nothing else.
      worker.ref();
      this.#ordered += 1;
      worker.postMessage(order);
    });
  }

  #spawn(): void {
    clearTimeout(this.#respawn);
    this.#progress = newProgress();
    this.#ordered = 0;
    this.#foreseen = 0;
    try {
      this.#worker = this.#makeWorker();
    } catch (error) {
      this.#reporter.report(error as Error);
      this.#gone(undefined);
    }
  }

  #makeWorker(): Worker {
    const worker = startQueueWorker({
      config: this.config,
      respectHandlerLevel: this.respect_handler_level,
      progress: this.#progress,
    });
    worker.on('message', (answer: WorkerAnswer) => this.#answered(answer));
    worker.on('error', (error) => this.#reporter.report(error as Error));
    worker.on('exit', () => this.#gone(worker));
    // Last: listening to its messages refs the worker again.
    worker.unref();
    return worker;
  }

  #answered(answer: WorkerAnswer): void {
    if (answer.type === 'error') {
      this.#reporter.report(new Error(answer.message));
      return;
    }
    if (answer.type === 'ready') {
      this.#backoff.reset();
      this.#isReady = true;
      if (this.#pending.length === 0) this.#worker?.unref();
      for (const resolve of this.#awaitReady.splice(0)) resolve(true);
      this.#schedule();
      return;
    }
    if (this.#foreseen > 0) this.#foreseen -= 1;
    else this.#settle();
    this.#schedule();
  }

  /** The oldest order is carried out. */
  #settle(): void {
    const pending = this.#pending.shift();
    if (pending === undefined) return;
    this.queue.deliver(pending.entries);
    this.#withWorker -= pending.entries.length;
    pending.answered();
    if (this.#pending.length === 0) this.#worker?.unref();
  }

  #gone(worker: Worker | undefined): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#isReady = false;
    this.#failedAt = performance.now();
    this.#lose('failed', false);
    for (const resolve of this.#awaitReady.splice(0)) resolve(false);
    if (!this.#isRunning) return;
    this.#respawn = setTimeout(() => {
      this.#spawn();
      this.#schedule();
    }, this.#backoff.next()).unref();
  }

  /** Counts and reports what was with a worker that is gone, and what waits if there will be no other. */
  #lose(why: keyof typeof LOSSES, isEnd: boolean): void {
    let lost = 0;
    for (const { entries, answered } of this.#pending.splice(0)) {
      this.queue.drop(entries, 'failed');
      lost += entries.length;
      answered();
    }
    this.#withWorker = 0;
    if (isEnd) lost += this.queue.clear('closed');
    if (lost === 0) return;
    const records = lost === 1 ? '1 record is' : `${lost} records are`;
    this.#lossReporter.report(new Error(`${LOSSES[why]}: ${records} lost`));
  }
}
