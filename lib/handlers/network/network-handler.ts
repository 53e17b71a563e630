import { Handler, type HandlerOptions } from '../../core/handler.js';
import type { LogRecord } from '../../core/records/log-record.js';
import type { Backoff } from '../delivery/backoff.js';
import type { BoundedQueueOptions } from '../delivery/bounded-queue.js';
import { DeliveryLoop } from '../delivery/delivery-loop.js';
import type { DeliveryQueue, QueueEntry, QueueStats } from '../delivery/delivery-queue.js';
import { ErrorReporter } from '../delivery/error-reporter.js';
import { isExporting } from '../delivery/export-scope.js';
import { FailureReporter } from '../delivery/failure-reporter.js';
import { inOwnMemory } from '../delivery/own-memory.js';
import { type DeliveryGuarantee, makeQueue } from '../delivery/spool/make-queue.js';
import type { SpoolStats } from '../delivery/spool/spool-counters.js';
import type { SpoolSettings } from '../delivery/spool/spool-options.js';
import { SpoolQueue } from '../delivery/spool/spool-queue.js';
import type { Transport } from './transport.js';

/** The most bytes given to a transport at once; with a spool, where a stream takes its time for each batch. */
const BATCH_BYTES = 64 * 1024;
const SPOOLED_BATCH_BYTES = 1024 * 1024;

/** What a handler over sockets is made with. */
export interface NetworkHandlerOptions extends HandlerOptions, BoundedQueueOptions {
  /** Keeps records in files until they are delivered. */
  readonly spool?: SpoolSettings | undefined;
  /** How often records are sent again to a server that answers with an error. */
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
  readonly delivery: DeliveryGuarantee;

  readonly #queue: DeliveryQueue<Buffer>;
  readonly #loop: DeliveryLoop<Buffer>;
  readonly #reporter = new FailureReporter(this, () => this.usualHandleError);
  // Separate, so that a server that is down does not hide a full disk.
  readonly #spoolReporter = new ErrorReporter(this);
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
      failed: (error) => this.#spoolReporter.report(error),
    });
    this.#loop = new DeliveryLoop({
      queue: this.#queue,
      backoff,
      receiver: () => this.receiver,
      maxRetries,
      maxBatchBytes: spool === undefined ? BATCH_BYTES : SPOOLED_BATCH_BYTES,
      turn: () => ({ waitMs: 0, records: this.transport.maxMessages }),
      send: async (entries) => {
        await this.#connect();
        await this.transport.send(entries.map(({ item }) => item));
      },
      failed: (error, entries) => this.deliveryFailed(error, entries),
    });
  }

  /** Makes what the messages go over; called once, when the first of them is to go. */
  protected abstract makeTransport(): Transport;

  /** The receiver of records, as error messages name it: `logs.example.com:9020`. */
  protected get receiver(): string | undefined {
    return undefined;
  }

  /** What the messages go over. */
  protected get transport(): Transport {
    this.#transport ??= this.makeTransport();
    return this.#transport;
  }

  /**
   * Connects now, if it is not connected. Override it to make the connection in another way; it is called when a record
   * is to be sent and there is none.
   *
   * @returns A promise that rejects if that fails.
   */
  createSocket(): Promise<void> {
    return this.transport.open();
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
   * there is none, it is lost, as are later records.
   */
  override async close(): Promise<void> {
    super.close();
    await this.#loop.close();
    this.#transport?.close();
    this.#queue.close?.();
  }

  /** See {@link Handler.outlivesClose}: what comes after the end is lost. */
  override get outlivesClose(): boolean {
    return false;
  }

  /** Opens the spool, if there is to be one. @throws {LoggingError} `ERR_LOGGING_FILE` */
  protected openSpool(): void {
    this.#queue.open?.(() => this.#loop.wake());
  }

  /** The number of the next record that is delivered. */
  protected get nextSequence(): number {
    return this.#queue.lastSequence + 1;
  }

  /** The id of the next record, unique in this spool; `undefined` without a spool. */
  protected get nextRecordId(): string | undefined {
    return this.#queue instanceof SpoolQueue ? this.#queue.nextRecordId : undefined;
  }

  /**
   * Queues bytes that a record became; what our own sending logs is left out, it would never end.
   *
   * @param record The record itself, if it is known.
   */
  protected deliver(message: Buffer, levelno: number, record?: LogRecord): void {
    if (isExporting(this)) return;
    this.#loop.push(message, levelno, message.length, record && this.#reporter.keep(record));
  }

  /** As in Python an overridden {@link NetworkHandler.createSocket} is called while there is no connection. */
  async #connect(): Promise<void> {
    const { transport } = this;
    if (this.createSocket !== NetworkHandler.prototype.createSocket && transport.socket === null) {
      await this.createSocket();
      if (transport.socket === null) throw new Error('createSocket made no connection');
    }
    await transport.open();
  }

  /** The `handleError` that counts as not overridden. */
  protected get usualHandleError(): Handler['handleError'] {
    return Handler.prototype.handleError;
  }

  /** Called with each failure to connect or to send; reports it on standard error, at most once in 10 s. */
  protected deliveryFailed(error: Error, entries: readonly QueueEntry<unknown>[]): void {
    this.#reporter.report(error, entries);
  }
}
