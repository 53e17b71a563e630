import { Handler, type HandlerOptions } from '../../core/handler.js';
import type { Backoff } from './backoff.js';
import { BoundedQueue, type BoundedQueueOptions, type QueueStats } from './bounded-queue.js';
import { DeliveryLoop } from './delivery-loop.js';
import { isExporting } from './export-scope.js';
import { FaultReporter } from './fault-reporter.js';
import type { Transport } from './transport.js';

/** The most bytes given to a transport at once. */
const BATCH_BYTES = 64 * 1024;

/**
 * What handlers that send over sockets have in common: a bounded queue, emptied in the background, so that no log
 * call ever waits or fails for the network's sake.
 */
export abstract class NetworkHandler extends Handler {
  /** What is promised of a record: it arrives once or not at all. */
  readonly delivery = 'at-most-once';

  readonly #queue: BoundedQueue<Buffer>;
  readonly #loop: DeliveryLoop<Buffer>;
  readonly #reporter = new FaultReporter(this);
  #transport: Transport | undefined;

  constructor(options: HandlerOptions & BoundedQueueOptions, backoff: Backoff) {
    super(options);
    this.#queue = new BoundedQueue(options);
    this.#loop = new DeliveryLoop({
      queue: this.#queue,
      backoff,
      maxBatchBytes: BATCH_BYTES,
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

  /** What became of the records so far: `emitted` is the sum of `delivered`, `queued` and `dropped`. */
  get stats(): QueueStats {
    return this.#queue.stats;
  }

  /** Resolves when everything so far is sent or lost, or after 4.5 s. */
  override flush(): void | Promise<void> {
    return this.#loop.flush();
  }

  /** Sends what it can within 4.5 s, then closes the connection; what is left, and what comes later, is lost. */
  override async close(): Promise<void> {
    super.close();
    await this.#loop.close();
    this.#transport?.close();
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
