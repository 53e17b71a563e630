import type { Worker } from 'node:worker_threads';
import type { LogRecord } from '../core/log-record.js';
import { nodeModule } from '../internal/node-module.js';
import { Backoff } from './support/backoff.js';
import type { QueueEntry } from './support/bounded-queue.js';
import { type Drainable, holdUntilExit, releaseFromExit } from './support/exit-drain.js';
import { FaultReporter } from './support/fault-reporter.js';
import type { QueueItem, RecordQueue } from './support/record-queue.js';
import { portableRecord } from './support/record-transfer.js';
import type { WorkerAnswer, WorkerConfig, WorkerOrder, WorkerStart } from './support/worker-protocol.js';

/** Records that are with the worker at most; the others wait in the queue, where they are counted and bounded. */
const MAX_WITH_WORKER = 4_000;
const BATCH = 500;
/** How long the worker may take to handle what it has and to close its handlers, in milliseconds. */
const CLOSE_MS = 4_500;

/** What a worker runs first: finds this package again by its address. A data URL, so that module hooks hold in it too. */
const BOOT = `data:text/javascript,import { workerData } from 'node:worker_threads';
import(workerData.module).then((core) => core.runQueueWorker());`;

/** An order that was given and not yet answered. */
interface Pending {
  readonly entries: readonly QueueEntry<QueueItem>[];
  readonly answered: () => void;
}

/**
 * Takes records from a queue and has them handled in a worker thread, by handlers that are made there: formatting,
 * compressing and writing then cost the main thread nothing.
 *
 * What still waits when the process ends, also by `process.exit()`, is handled then; the process stays for it up to
 * 4.5 s. A worker that dies is reported and started anew; the records that were with it are lost and counted.
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

  readonly #closed = new Int32Array(new SharedArrayBuffer(4));
  readonly #needsCaller: boolean;
  readonly #pending: Pending[] = [];
  readonly #backoff = new Backoff();
  readonly #reporter = new FaultReporter(this);
  #worker: Worker | undefined;
  #isRunning = false;
  #isReady = false;
  #awaitReady: (() => void)[] = [];
  #withWorker = 0;
  #turn: NodeJS.Immediate | undefined;

  constructor(
    queue: RecordQueue,
    config: WorkerConfig,
    options: { readonly respect_handler_level?: boolean } = {},
  ) {
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
    await inTime(this.#flush());
  }

  /** Has everything handled and the handlers closed, then ends the worker; within 4.5 s. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    const worker = this.#worker;
    await inTime(this.#flush().then(() => this.#order({ type: 'close' })));
    this.#isRunning = false;
    this.queue.watch(undefined);
    releaseFromExit(this);
    this.#worker = undefined;
    this.#isReady = false;
    await worker?.terminate();
    this.#lose();
  }

  /** Finds out during the call what the worker's formatters will ask for. */
  keepCaller(record: LogRecord): void {
    if (this.#needsCaller) record.caller();
  }

  /** Waits, without letting anything else run, until the worker has handled everything and closed its handlers. */
  drainAtExit(): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    while (!this.queue.empty()) this.#post(Number.POSITIVE_INFINITY);
    worker.postMessage({ type: 'close' } satisfies WorkerOrder);
    Atomics.wait(this.#closed, 0, 0, CLOSE_MS);
  }

  toString(): string {
    return `<WorkerQueueListener of ${Object.keys(this.config.handlers).join(', ')}>`;
  }

  async #flush(): Promise<void> {
    do {
      if (!this.#isReady) await new Promise<void>((resolve) => this.#awaitReady.push(resolve));
      this.#post(MAX_WITH_WORKER);
      await this.#order({ type: 'flush' });
    } while (this.#isRunning && !this.queue.empty());
  }

  #schedule(): void {
    if (this.#turn !== undefined || this.queue.empty()) return;
    holdUntilExit(this);
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      // Until its handlers are made, records wait here: should that fail, they are still there for the next attempt.
      if (this.#isReady) this.#post(MAX_WITH_WORKER);
    });
  }

  /** Gives the worker what waits, as long as it has no more than so many. */
  #post(limit: number): void {
    while (this.#worker !== undefined && this.#withWorker < limit) {
      const entries = this.queue.take(BATCH);
      if (entries.length === 0) return;
      const records = entries.flatMap(({ item }) =>
        item === null ? [] : [portableRecord(item, this.#needsCaller)],
      );
      this.#withWorker += entries.length;
      void this.#order({ type: 'records', records }, entries);
    }
  }

  /** Resolves when the worker has carried the order out, or is gone. */
  #order(order: WorkerOrder, entries: readonly QueueEntry<QueueItem>[] = []): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve();
    return new Promise((answered) => {
      this.#pending.push({ entries, answered });
      // The process stays for what is being handled, and for nothing else.
      worker.ref();
      worker.postMessage(order);
    });
  }

  #spawn(): void {
    const start: WorkerStart & { module: string } = {
      module: new URL('../core/index.js', import.meta.url).href,
      config: this.config,
      respectHandlerLevel: this.respect_handler_level,
      closed: this.#closed,
    };
    const { Worker } = nodeModule('node:worker_threads');
    const worker = new Worker(new URL(BOOT), { workerData: start, name: 'nestjs-logging' });
    worker.unref();
    worker.on('message', (answer: WorkerAnswer) => this.#answered(answer));
    worker.on('error', (error) => this.#reporter.report(error as Error));
    worker.on('exit', () => this.#gone(worker));
    this.#worker = worker;
  }

  #answered(answer: WorkerAnswer): void {
    if (answer.type === 'fault') {
      this.#reporter.report(new Error(answer.message));
      return;
    }
    if (answer.type === 'ready') {
      this.#backoff.reset();
      this.#isReady = true;
      for (const resolve of this.#awaitReady.splice(0)) resolve();
      this.#schedule();
      return;
    }
    const pending = this.#pending.shift();
    if (pending === undefined) return;
    this.queue.deliver(pending.entries);
    this.#withWorker -= pending.entries.length;
    pending.answered();
    if (this.#pending.length === 0) this.#worker?.unref();
    this.#schedule();
  }

  #gone(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#isReady = false;
    this.#lose();
    if (!this.#isRunning) return;
    setTimeout(() => {
      if (!this.#isRunning) return;
      this.#spawn();
      this.#schedule();
    }, this.#backoff.next()).unref();
  }

  /** Counts what was with a worker that is gone. */
  #lose(): void {
    for (const { entries, answered } of this.#pending.splice(0)) {
      this.queue.drop(entries, 'failed');
      answered();
    }
    this.#withWorker = 0;
  }
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
