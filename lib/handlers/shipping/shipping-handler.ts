import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { settle, wrongAnswer } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { answerInTime } from '../../runtime/deadline.js';
import { nodeModule } from '../../runtime/node-module.js';
import { Backoff } from '../delivery/backoff.js';
import { DeliveryFailure, oneLineFailure } from '../delivery/delivery-failure.js';
import { DeliveryLoop, type Turn } from '../delivery/delivery-loop.js';
import type { DeliveryQueue, QueueEntry, QueueStats } from '../delivery/delivery-queue.js';
import { ErrorReporter } from '../delivery/error-reporter.js';
import { isExporting } from '../delivery/export-scope.js';
import { FailureReporter } from '../delivery/failure-reporter.js';
import type { Packing } from '../delivery/packed-entries.js';
import { type DeliveryGuarantee, makeQueue } from '../delivery/spool/make-queue.js';
import type { SpoolStats } from '../delivery/spool/spool-counters.js';
import { SpoolQueue } from '../delivery/spool/spool-queue.js';
import {
  type BatchSettings,
  batchSettings,
  type Destination,
  type DestinationHealth,
  type SendResult,
} from './destination.js';
import { Secrets } from './secrets.js';
import {
  type Encoded,
  type EntryKind,
  fromPayload,
  isOfKind,
  KIND_NAMES,
  packingOf,
  QueuedShipment,
  type ShippingEntry,
  sizeOf,
  toPayload,
} from './shipping-entry.js';
import { type ShippingOptions, shippingSchema } from './shipping-options.js';
import { shortenedRecord } from './shortened-record.js';
import { delivered, failureOf } from './verdict.js';

/** How many failures in a row are not yet taken for an outage, if requests got through before. */
const QUICK_RETRIES = 3;

/** Entries that were taken from the queue, and the batch that `send` gets for them. */
interface Shipment<T extends Encoded> {
  readonly entries: readonly QueueEntry<T>[];
  readonly batch: readonly ShippingEntry<T>[];
}

/**
 * A destination: sends records to an engine, a broker or a service, in batches. Derive from it and write two methods:
 *
 * - `encode` makes of a record what is sent of it, in the log call: a string, or what {@link Destination.entries} says;
 * - `send` sends a batch, and returns what became of its records.
 *
 * Everything else is here, once: batches by count, bytes and time, of which a full one leaves early; bounds in memory
 * with the policy `overflow`; back-off with jitter from 0.5 to 30 s, after quick retries where all went well before;
 * halves of a batch that is not taken; a record that is too large cut, and lost alone if that does not help; the spool and
 * its dead letters; `flush` and `close`, which resolve within 4.5 s; counters, health, and error reports, at most one per
 * 10 s. What is logged while records are sent, by an instrumented client for one, is not sent.
 *
 * Records keep their order: one batch is under way at a time. One that the destination takes later than its neighbours
 * comes after them.
 *
 * Delivery: `at-most-once` past the end of the process, for what waits is in memory; with a `spool`: `at-least-once`, and
 * effectively once where the destination drops what it has an id for ({@link ShippingEntry.id}).
 *
 * A client library that never answers is given up after `timeoutMs`, and the batch is sent again.
 *
 * @typeParam T What `encode` gives: `string`, `Buffer`, or an object that JSON can hold.
 */
export abstract class ShippingHandler<T extends Encoded = string> extends Handler {
  static readonly [LEAN] = true;

  /** What is promised of a record: with a spool it arrives at least once, else it is sent, or lost and counted. */
  readonly delivery: DeliveryGuarantee;

  readonly #destination: Destination;
  readonly #settings: BatchSettings;
  /** How many waiting records are sent at once, without waiting for others. */
  readonly #enough: number;
  readonly #kind: EntryKind;
  readonly #queue: DeliveryQueue<T>;
  readonly #loop: DeliveryLoop<T>;
  readonly #reporter = new FailureReporter(this);
  // Separate, so that a destination that is down does not hide a full disk.
  readonly #spoolReporter = new ErrorReporter(this);
  readonly #secrets: Secrets;
  readonly #identity = nodeModule('node:crypto').randomBytes(6).toString('hex');
  #waitingBytes = 0;
  /** What is being sent, and may be sent again: the same batch then. */
  #shipment: Shipment<T> | undefined;
  #lastShipped = 0;
  #lastDeliveredAt: number | undefined;
  #failingSince: number | undefined;
  #lastFailure: string | undefined;

  /**
   * @param options The common options, and others that a derived class has checked.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if the spool cannot be used.
   */
  constructor(options: ShippingOptions, destination: Destination) {
    // A derived class may take more; it has checked that itself.
    const o = checkOptions(new.target.name, shippingSchema(), options, false);
    super(o);
    const { name, entries = 'text', isAnswered = true } = destination;
    this.#destination = destination;
    this.#kind = entries;
    this.#secrets = new Secrets(destination.secrets ?? []);
    this.#settings = batchSettings(o, destination);
    const { batchSize } = this.#settings;
    this.#enough = o.batchSize === undefined ? (destination.enoughRecords ?? batchSize) : batchSize;
    this.delivery = o.spool === undefined || !isAnswered ? 'at-most-once' : 'at-least-once';
    this.#queue = makeQueue<T>(o, {
      kind: name,
      encode: (item) => toPayload(item, entries),
      decode: fromPayload[entries] as (payload: Buffer) => T,
      packing: packingOf[entries] as Packing<T> | undefined,
      failed: (error) => this.#spoolReporter.report(error),
    });
    this.#loop = new DeliveryLoop({
      queue: this.#queue,
      backoff: new Backoff({ quickRetries: QUICK_RETRIES }),
      receiver: () => this.#destination.receiver,
      maxRetries: o.maxRetries,
      maxBatchBytes: this.#settings.maxBatchBytes,
      turn: (waiting, waitedMs, isUrgent) => this.#turn(waiting, waitedMs, isUrgent),
      send: (batch, signal) => this.#ship(batch, signal),
      failed: (error, struck) => this.#reporter.report(error, struck),
    });
    // Deferred, so that what an earlier process left is not sent before the derived class is constructed.
    this.#queue.open?.(() => queueMicrotask(() => this.#loop.wake()));
  }

  /**
   * What is sent of a record; called in the log call, so that later changes of the record do not matter. What it throws
   * loses this record alone, counted and reported with its place.
   */
  protected abstract encode(record: LogRecord): T;

  /**
   * Brings a batch to its destination.
   *
   * Nothing, or `{ outcome: 'delivered' }`, means that all of it arrived; see {@link BatchVerdict} for what else can be
   * returned for all, and {@link RecordVerdict} for an array with one verdict for each. What it throws or rejects with
   * sends the batch again, without end unless `maxRetries` is given: it is unknown what arrived.
   *
   * @param batch At least one record, in the order of the log calls.
   * @param signal Aborted when the handler is closed and when `timeoutMs` is over; the result is then ignored.
   */
  protected abstract send(
    batch: readonly ShippingEntry<T>[],
    signal: AbortSignal,
  ): SendResult | Promise<SendResult> | Promise<void>;

  /** Lets go of connections; called once, when everything is sent or was given up. Does nothing here. */
  protected disconnect(): void | Promise<void> {}

  /** How long `send` may take, in milliseconds. */
  protected get sendTimeoutMs(): number {
    return this.#settings.timeoutMs;
  }

  /** How records are batched, with every default in place. */
  protected get settings(): BatchSettings {
    return this.#settings;
  }

  /** What became of the records so far: `emitted` is the sum of `delivered`, `queued`, `spooled` and `dropped`. */
  get stats(): QueueStats & Partial<SpoolStats> {
    return this.#queue.stats;
  }

  /** The health of the destination, judged by the attempts so far. */
  get health(): DestinationHealth {
    return {
      isHealthy: this.#failingSince === undefined,
      lastDeliveredAt: this.#lastDeliveredAt,
      failingSince: this.#failingSince,
      lastFailure: this.#lastFailure,
    };
  }

  /** Encodes the record and queues it. */
  emit(record: LogRecord): void {
    if (isExporting(this)) return;
    if (this.#loop.isFull(record.levelno)) {
      this.#loop.dropNew();
      return;
    }
    const item = this.#encoded(record);
    const bytes = sizeOf(item, this.#kind);
    if (bytes > this.#settings.maxRecordBytes) this.#pushShortened(record);
    else this.#push(item, bytes, record);
  }

  #pushShortened(record: LogRecord): void {
    const { maxRecordBytes } = this.#settings;
    let item = this.#encoded(shortenedRecord(record, maxRecordBytes / 3, true));
    if (sizeOf(item, this.#kind) > maxRecordBytes)
      item = this.#encoded(shortenedRecord(record, maxRecordBytes / 16, false));
    const bytes = sizeOf(item, this.#kind);
    if (bytes <= maxRecordBytes) {
      this.#push(item, bytes, record);
      return;
    }
    const error = new Error(`a record of ${bytes} bytes is longer than ${maxRecordBytes}, and is lost`);
    this.#loop.refuse(item, record.levelno, error);
  }

  #push(item: T, bytes: number, record: LogRecord): void {
    if (this.#queue.length === 0) this.#waitingBytes = 0;
    this.#waitingBytes += bytes;
    this.#loop.push(item, record.levelno, bytes, this.#reporter.keep(record));
    if (this.#queue.length >= this.#enough || this.#waitingBytes >= this.#settings.maxBatchBytes)
      this.#loop.reconsider();
  }

  /** Resolves when everything so far is sent or lost, or after 4.5 s; with a spool, also when the destination is away. */
  override flush(): void | Promise<void> {
    return this.#loop.flush();
  }

  /**
   * Sends what it can within 4.5 s, then disconnects. What is left is in the spool, for the next process; if there is
   * none, it is lost, as is what comes later.
   */
  override async close(): Promise<void> {
    super.close();
    await this.#loop.close();
    try {
      await this.disconnect();
    } catch (error) {
      this.#reporter.report(this.#explain(error));
    }
    this.#queue.close?.();
  }

  /** See {@link Handler.outlivesClose}: what comes after the end is lost. */
  override get outlivesClose(): boolean {
    return false;
  }

  /**
   * The id that the next record will have, if the disk takes it; see {@link ShippingEntry.id}. For an `encode` that has
   * to write it down; `send` gets it in any case.
   */
  protected get nextRecordId(): string {
    if (this.#queue instanceof SpoolQueue) return this.#queue.nextRecordId;
    return `${this.#identity}-${this.#queue.lastSequence + 1}`;
  }

  #encoded(record: LogRecord): T {
    const item: unknown = this.encode(record);
    const kind = this.#kind;
    if (!settle(item, this, record) && isOfKind(item, kind)) return item as T;
    // One of another kind would come back from a spool as something else.
    throw wrongAnswer('encode', `${KIND_NAMES[kind]} at once, since its entries are '${kind}'`, item);
  }

  #turn(waiting: number, waitedMs: number, isUrgent: boolean): Turn {
    const { batchSize, maxBatchBytes, flushIntervalMs } = this.#settings;
    const isFull = waiting >= this.#enough || this.#waitingBytes >= maxBatchBytes;
    return { waitMs: isUrgent || isFull ? 0 : flushIntervalMs - waitedMs, records: batchSize };
  }

  async #ship(entries: readonly QueueEntry<T>[], signal: AbortSignal): Promise<void> {
    const failure = await this.#attempt(this.#batchOf(entries), signal);
    if (failure?.remedy !== 'retry') this.#shipment = undefined;
    if (failure === undefined || failure.arrived.size > 0) this.#lastDeliveredAt = Date.now();
    this.#failingSince = failure === undefined ? undefined : (this.#failingSince ?? Date.now());
    this.#lastFailure = failure?.message;
    if (failure !== undefined) throw failure;
  }

  #batchOf(entries: readonly QueueEntry<T>[]): readonly ShippingEntry<T>[] {
    if (this.#shipment?.entries === entries) return this.#shipment.batch;
    this.#countOut(entries);
    const batch = entries.map((entry) => new QueuedShipment(entry, this.#identity));
    this.#shipment = { entries, batch };
    return batch;
  }

  /** Subtracts the bytes of entries that leave the queue; those of a batch that is sent again were subtracted before. */
  #countOut(entries: readonly QueueEntry<T>[]): void {
    for (const { bytes, sequence } of entries) if (sequence > this.#lastShipped) this.#waitingBytes -= bytes;
    this.#waitingBytes = Math.max(0, this.#waitingBytes);
    this.#lastShipped = Math.max(this.#lastShipped, entries.at(-1)?.sequence ?? 0);
  }

  async #attempt(
    batch: readonly ShippingEntry<T>[],
    signal: AbortSignal,
  ): Promise<DeliveryFailure | undefined> {
    try {
      const result = await answerInTime<unknown>(
        (timed) => this.send(batch, timed),
        signal,
        this.sendTimeoutMs,
      );
      const failure = failureOf(result ?? delivered, batch.length);
      if (failure !== undefined) failure.message = this.#secrets.hide(failure.message);
      return failure;
    } catch (error) {
      return this.#explain(error);
    }
  }

  /** What was thrown, without secrets. */
  #explain(error: unknown): DeliveryFailure {
    const isFree = this.#secrets.isFreeOf(error);
    if (error instanceof DeliveryFailure && isFree) return error;
    const text = this.#secrets.hide(oneLineFailure(error as Error, undefined)) || 'send gave no reason';
    const { code } = (error ?? {}) as { readonly code?: unknown };
    return new DeliveryFailure(text, 'retry', { cause: isFree ? error : { code } });
  }
}
