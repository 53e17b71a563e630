import type { BoundedQueueOptions } from '../bounded-queue.js';
import type { DeliveryQueue, DropReason, QueueEntry } from '../delivery-queue.js';
import { DeadLetters } from './dead-letters.js';
import type { NewRecord, Spool, SpooledRecord, SpoolOwner } from './spool.js';
import { claimSpool, type SpoolClaim } from './spool-claim.js';
import { SpoolCounters, type SpoolStats } from './spool-counters.js';
import type { SpoolSettings } from './spool-options.js';
import { SpoolWriter } from './spool-writer.js';

/** What a {@link SpoolQueue} needs to know. */
export interface SpoolQueueOptions<T> extends BoundedQueueOptions {
  readonly spool: SpoolSettings;
  /** The encoding of records: only handlers with the same one can send what is left in the spool. */
  readonly kind: string;
  /** Encodes an item. */
  encode(item: T): Buffer;
  /** Decodes an item. */
  decode(payload: Buffer): T;
  /** Called with each error of the files. */
  failed(error: Error): void;
}

/** A taken record, and where it came from. */
export interface SpoolEntry<T> extends QueueEntry<T> {
  readonly record: SpooledRecord;
  /** Its place in memory, if it was never in a file. */
  readonly kept: QueueEntry<NewRecord> | undefined;
}

/**
 * A queue of what waits to be sent, in files: each record is with the operating system when {@link SpoolQueue.push}
 * returns, unless it is to be written with others (`bufferSize`) or the disk does not take it.
 */
export class SpoolQueue<T> implements DeliveryQueue<T>, SpoolOwner {
  readonly isDurable = true;

  readonly #options: SpoolQueueOptions<T>;
  readonly #recordCounters = new SpoolCounters();
  readonly #writer: SpoolWriter;
  readonly #deadLetters: DeadLetters;
  #claim: SpoolClaim | undefined;
  #spool: Spool | undefined;
  #heir: SpoolOwner | undefined;
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(options: SpoolQueueOptions<T>) {
    this.#options = options;
    this.#deadLetters = new DeadLetters(options.spool.directory, options.spool.deadLetterMaxBytes);
    this.#writer = new SpoolWriter(options.spool, options, {
      written: (count) => {
        this.#recordCounters.spooled += count;
        this.#heir?.adopt(count);
      },
      refused: (count, reason) => this.#recordCounters.lose(count, reason),
      failed: (error) => this.failed(error),
    });
  }

  /**
   * Opens the files.
   *
   * @param wake Called when there is something to send that nobody has pushed.
   * @throws {LoggingError} `ERR_LOGGING_FILE` if the directory cannot be used, or is in use.
   */
  open(wake: () => void): void {
    const { kind, overflow = 'dropLowestLevel', spool } = this.#options;
    this.#wake = wake;
    this.#claim = claimSpool({
      directory: spool.directory,
      kind,
      limits: { maxBytes: spool.maxBytes, overflow },
      owner: this,
      taken: (before, from) => this.#takeOver(before, from),
    });
  }

  get length(): number {
    const { spooled, inFlight } = this.#recordCounters;
    return this.#writer.memory.length + (this.#heir === undefined ? spooled - inFlight : 0);
  }

  get dropped(): number {
    return this.#recordCounters.dropped + this.#writer.memory.dropped;
  }

  get lastSequence(): number {
    return this.#spool?.lastId ?? 0;
  }

  /** The id of the next record for receivers: no other record ever has the same. */
  get nextRecordId(): string {
    return `${this.#spool?.identity}-${this.lastSequence + 1}`;
  }

  get stats(): SpoolStats {
    return this.#recordCounters.with(this.#writer.memory.stats);
  }

  push(item: T, levelno: number): boolean {
    // What may throw comes first: the handler counts it.
    const payload = this.#options.encode(item);
    this.#recordCounters.emitted += 1;
    if (this.#isClosed || this.#spool === undefined) return this.#refuse('closed');
    const record = { id: this.#spool.nextId(), levelno, payload };
    if (this.#spool.isOversize(record.payload.length, levelno)) return this.#refuse('oversize');
    return this.#writer.add(record);
  }

  refuse(item: T, levelno: number, error: Error): void {
    const payload = this.#options.encode(item);
    this.#recordCounters.emitted += 1;
    if (this.#spool !== undefined && !this.#isClosed) {
      const { identity } = this.#spool;
      this.#bury({ id: this.#spool.nextId(), identity, segment: undefined, levelno, payload }, error.message);
    }
    this.#refuse('oversize');
  }

  take(maxRecords = 1, maxBytes = Number.POSITIVE_INFINITY): SpoolEntry<T>[] {
    this.#writer.spill();
    const taken: SpoolEntry<T>[] = [];
    let room = Number.POSITIVE_INFINITY;
    while (taken.length < maxRecords && room > 0) {
      const entry = this.#takeOne(room);
      if (entry === undefined) break;
      room = (taken.length === 0 ? maxBytes : room) - entry.bytes;
      taken.push(entry);
    }
    return taken;
  }

  deliver(entries: readonly QueueEntry<T>[]): void {
    this.#settle(entries as readonly SpoolEntry<T>[]);
    this.#recordCounters.delivered += entries.length;
  }

  drop(entries: readonly QueueEntry<T>[], reason: DropReason, error?: Error): void {
    const own = entries as readonly SpoolEntry<T>[];
    if (reason === 'closed') {
      this.#putBack(own);
      return;
    }
    if (error !== undefined) for (const { record } of own) this.#bury(record, error.message);
    this.#settle(own);
    this.#recordCounters.lose(own.length, reason);
  }

  putBack(entries: readonly QueueEntry<T>[]): void {
    this.#putBack(entries as readonly SpoolEntry<T>[]);
  }

  /** Loses nothing: the next process sends what waits. */
  clear(): number {
    return 0;
  }

  sync(): void {
    this.#writer.drainAtExit();
  }

  /** Writes what is in memory, and closes the files. Later records are lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const lost = this.#writer.close();
    if (lost > 0) this.failed(new Error(`closed before the disk took all: ${lost} records are lost`));
    this.#attempt(() => this.#claim?.release(this.#options.spool.fsync !== 'never'));
  }

  lost(count: number, reason: DropReason): void {
    this.#recordCounters.spooled -= count;
    this.#recordCounters.lose(count, reason);
  }

  failed(error: Error): void {
    this.#options.failed(error);
  }

  handOver(heir: SpoolOwner): number {
    this.sync();
    this.#heir = heir;
    return this.#recordCounters.spooled - this.#recordCounters.inFlight;
  }

  adopt(count: number): void {
    if (this.#heir !== undefined) {
      this.#heir.adopt(count);
      return;
    }
    this.#recordCounters.adopt(count);
    if (count > 0) this.#wake();
  }

  #takeOver(before: SpoolOwner | undefined, spool: Spool): void {
    this.#spool = spool;
    this.#writer.open(spool);
    if (before !== undefined) {
      this.adopt(before.handOver(this));
      return;
    }
    const { waiting, lostAtStart } = spool;
    this.adopt(waiting + lostAtStart);
    if (lostAtStart === 0) return;
    this.lost(lostAtStart, 'corrupt');
    this.failed(
      new Error(`the spool was damaged: ${lostAtStart} of its records are lost; see its .bad files`),
    );
  }

  #refuse(reason: DropReason): false {
    this.#recordCounters.lose(1, reason);
    return false;
  }

  #takeOne(maxBytes: number): SpoolEntry<T> | undefined {
    const record = this.#heir === undefined ? this.#fromFiles(maxBytes) : undefined;
    if (record !== undefined) {
      this.#recordCounters.inFlight += 1;
      return this.#entry(record, undefined);
    }
    // Nothing is left in the files; what the disk did not take can still be sent.
    const { memory } = this.#writer;
    const [kept] = this.length > memory.length ? [] : memory.take(1);
    if (kept === undefined || this.#spool === undefined) return undefined;
    this.#spool.track(kept.item.id);
    return this.#entry({ ...kept.item, identity: this.#spool.identity, segment: undefined }, kept);
  }

  #fromFiles(maxBytes: number): SpooledRecord | undefined {
    try {
      return this.#spool?.take(maxBytes);
    } catch (error) {
      this.failed(new Error('the spool cannot be read', { cause: error }));
      return undefined;
    }
  }

  #entry(record: SpooledRecord, kept: QueueEntry<NewRecord> | undefined): SpoolEntry<T> {
    const { id, levelno, payload } = record;
    const item = this.#options.decode(payload);
    return { item, levelno, bytes: payload.length, sequence: id, record, kept };
  }

  #settle(entries: readonly SpoolEntry<T>[]): void {
    const kept = entries.flatMap((entry) => entry.kept ?? []);
    const fromFiles = entries.length - kept.length;
    this.#writer.memory.deliver(kept);
    this.#recordCounters.inFlight -= fromFiles;
    this.#recordCounters.spooled -= fromFiles;
    this.#spool?.settle(entries.map(({ record }) => record));
  }

  #putBack(entries: readonly SpoolEntry<T>[]): void {
    const records = entries.filter(({ kept }) => kept === undefined).map(({ record }) => record);
    this.#recordCounters.inFlight -= records.length;
    this.#spool?.putBack(records);
    this.#heir?.adopt(records.length);
    this.#keep(entries.filter(({ kept }) => kept !== undefined));
  }

  /** Records that were in no file get new ids: files hold them in ascending order, and may have higher ones by now. */
  #keep(entries: readonly SpoolEntry<T>[]): void {
    this.#spool?.settle(entries.map(({ record }) => record));
    const { memory } = this.#writer;
    const withNewId = (kept: QueueEntry<NewRecord>) => ({
      ...kept,
      item: { ...kept.item, id: this.#spool?.nextId() ?? 0 },
    });
    memory.putBack(entries.flatMap(({ kept }) => (kept === undefined ? [] : withNewId(kept))));
  }

  #bury(record: SpooledRecord, reason: string): void {
    const id = `${record.identity}-${record.id}`;
    this.#attempt(() => {
      if (this.#deadLetters.add({ ...record, id, reason })) this.#recordCounters.deadLetters += 1;
    });
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(error as Error);
    }
  }
}
