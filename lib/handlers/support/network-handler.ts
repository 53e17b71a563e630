import { Handler, type HandlerOptions } from '../../core/handler.js';
import type { Backoff } from './backoff.js';
import type { BoundedQueueOptions, QueueStats } from './bounded-queue.js';
import { DeliveryLoop } from './delivery-loop.js';
import type { DeliveryQueue } from './delivery-queue.js';
import { isExporting } from './export-scope.js';
import { FaultReporter } from './fault-reporter.js';
import { inOwnMemory } from './own-memory.js';
import { type DeliveryWord, makeQueue } from './spool/make-queue.js';
import type { SpoolStats } from './spool/spool-books.js';
import type { SpoolSettings } from './spool/spool-options.js';
import { SpoolQueue } from './spool/spool-queue.js';
import type { Transport } from './transport.js';

/** The most bytes given to a transport at once; with a spool, where a stream takes its time for each batch. */
const BATCH_BYTES = 64 * 1024;
const SPOOLED_BATCH_BYTES = 1024 * 1024;

/** What a handler over sockets is made with. */
export interface NetworkHandlerOptions extends HandlerOptions, BoundedQueueOptions {
  /** Keeps records in files until they are delivered. */
  readonly spool?: SpoolSettings | undefined;
  /** How often a server that answers with an error is asked again. */
  readonly maxRetries?: number | undefined;
}

/**
 * What handlers that send over sockets have in common: a bounded queue, emptied in the background, so that no log
 * call ever waits or fails for the network's sake.
 *
 * A derived class calls {@link NetworkHandler.openSpool} when all of it is made.
 */
export abstract class NetworkHandler extends Handler {
  /** What is promised of a record: with a spool it arrives at least once, else once or not at all. */
  readonly delivery: DeliveryWord;

  readonly #queue: DeliveryQueue<Buffer>;
  readonly #loop: DeliveryLoop<Buffer>;
  readonly #reporter = new FaultReporter(this);
  // Of its own, lest a server that is away hide that the disk is full.
  readonly #spoolReporter = new FaultReporter(this);
  #transport: Transport | undefined;

  /** @param kind What messages are written as: what is left in a spool is sent only by handlers of the same kind. */
  constructor(options: NetworkHandlerOptions, backoff: Backoff, kind: string) {
    super(options);
    const { spool, maxRetries } = options;
    this.delivery = spool === undefined ? 'at-most-once' : 'at-least-once';
    this.#queue = makeQueue(options, {
      kind,
      encode: (message) => message,
      decode: (payload) => payload,
      keep: inOwnMemory,
      failed: (fault) => this.#spoolReporter.report(fault),
    });
    this.#loop = new DeliveryLoop({
      queue: this.#queue,
      backoff,
      maxRetries,
      maxBatchBytes: spool === undefined ? BATCH_BYTES : SPOOLED_BATCH_BYTES,
      turn: () => ({ waitMs: 0, records: this.transport.maxMessages }),
      send: async (entries) => {
        await this.transport.open();
        await this.transport.send(entries.map(({ item }) => item));
      },
      failed: (fault) => this.deliveryFailed(fault),
    });
  }

  /** Makes what the messages go over; called once, when the first of them is to go. */
  protected abstract makeTransport(): Transport;

  /** What the messages go over. */
  protected get transport(): Transport {
    this.#transport ??= this.makeTransport();
    return this.#transport;
  }

  /** What became of the records so far: `emitted` is the sum of `delivered`, `queued`, `spooled` and `dropped`. */
  get stats(): QueueStats & Partial<SpoolStats> {
    return this.#queue.stats;
  }

  /** Resolves when everything so far is sent or lost, or after 4.5 s; with a spool, also when the server is away. */
  override flush(): void | Promise<void> {
    return this.#loop.flush();
  }

  /**
   * Sends what it can within 4.5 s, then closes the connection. What is left is in the spool, for the next process; if
   * there is none, it is lost, as is what comes later.
   */
  override async close(): Promise<void> {
    super.close();
    await this.#loop.close();
    this.#transport?.close();
    this.#queue.close?.();
  }

  /** Opens the spool, if there is to be one. @throws {LoggingError} `ERR_LOGGING_FILE` */
  protected openSpool(): void {
    this.#queue.open?.(() => this.#loop.wake());
  }

  /** The number of the next record that is delivered. */
  protected get nextSequence(): number {
    return this.#queue.lastSequence + 1;
  }

  /** What tells the next record from all others that this spool ever held; `undefined` without a spool. */
  protected get nextRecordId(): string | undefined {
    return this.#queue instanceof SpoolQueue ? this.#queue.nextRecordId : undefined;
  }

  /** Queues bytes that a record became; what our own sending logs is left out, it would never end. */
  protected deliver(message: Buffer, levelno: number): void {
    if (!isExporting()) this.#loop.push(message, levelno, message.length);
  }

  /** Told of each failure to connect or to send; reports it on standard error, at most once in 10 s. */
  protected deliveryFailed(fault: Error): void {
    this.#reporter.report(fault);
  }
}
