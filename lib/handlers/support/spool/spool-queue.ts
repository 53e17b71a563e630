import type { BoundedQueueOptions, DropReason, QueueEntry } from '../bounded-queue.js';
import type { DeliveryQueue } from '../delivery-queue.js';
import { DeadLetters } from './dead-letters.js';
import type { NewRecord, Spool, SpooledRecord, SpoolOwner } from './spool.js';
import { SpoolBooks, type SpoolStats } from './spool-books.js';
import { claimSpool, type SpoolClaim } from './spool-claim.js';
import type { SpoolSettings } from './spool-options.js';
import { SpoolWriter } from './spool-writer.js';

/** What a {@link SpoolQueue} needs to know. */
export interface SpoolQueueOptions<T> extends BoundedQueueOptions {
  readonly spool: SpoolSettings;
  /** What records are written as: only handlers that send the same can send what is left in the spool. */
  readonly kind: string;
  /** An item as bytes. */
  encode(item: T): Buffer;
  /** The item that bytes stand for. */
  decode(payload: Buffer): T;
  /** Told of every fault of the files. */
  failed(fault: Error): void;
}

/** A record that was taken, and where it came from. */
export interface SpoolEntry<T> extends QueueEntry<T> {
  readonly record: SpooledRecord;
  /** Its place in memory, if it never was in a file. */
  readonly kept: QueueEntry<NewRecord> | undefined;
}

/**
 * What waits to be sent, in files: each record is with the operating system when {@link SpoolQueue.push} returns, unless
 * it is to be written with others (`bufferSize`) or the disk does not take it.
 */
export class SpoolQueue<T> implements DeliveryQueue<T>, SpoolOwner {
  readonly isDurable = true;

  readonly #options: SpoolQueueOptions<T>;
  readonly #books = new SpoolBooks();
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
        this.#books.spooled += count;
        this.#heir?.adopt(count);
      },
      refused: (count, reason) => this.#books.lose(count, reason),
      failed: (fault) => this.failed(fault),
    });
  }

  /**
   * Opens the files.
   *
   * @param wake Called when there is something to send that nobody has pushed.
   * @throws {LoggingError} `ERR_LOGGING_FILE` if the directory cannot be used, or is used by another.
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
    const { spooled, inFlight } = this.#books;
    return this.#writer.memory.length + (this.#heir === undefined ? spooled - inFlight : 0);
  }

  get dropped(): number {
    return this.#books.dropped + this.#writer.memory.dropped;
  }

  get lastSequence(): number {
    return this.#spool?.lastId ?? 0;
  }

  /** What a receiver is told the next record by: no other record has ever the same. */
  get nextRecordId(): string {
    return `${this.#spool?.identity}-${this.lastSequence + 1}`;
  }

  get stats(): SpoolStats {
    return this.#books.with(this.#writer.memory.stats);
  }

  push(item: T, levelno: number): boolean {
    this.#books.emitted += 1;
    if (this.#isClosed || this.#spool === undefined) return this.#refuse('closed');
    const record = { id: this.#spool.nextId(), levelno, payload: this.#options.encode(item) };
    if (this.#spool.isOversize(record.payload.length, levelno)) return this.#refuse('oversize');
    return this.#writer.add(record);
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
    this.#books.delivered += entries.length;
  }

  drop(entries: readonly QueueEntry<T>[], reason: DropReason, fault?: Error): void {
    const own = entries as readonly SpoolEntry<T>[];
    if (reason === 'closed') {
      this.#putBack(own);
      return;
    }
    for (const { record } of own) this.#bury(record, fault?.message ?? reason);
    this.#settle(own);
    this.#books.lose(own.length, reason);
  }

  /** Loses nothing: what waits is for the next process to send. */
  clear(): number {
    return 0;
  }

  sync(): void {
    this.#writer.drainAtExit();
  }

  /** Writes what is kept in memory, and lets go of the files. Records that come later are lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const lost = this.#writer.close();
    if (lost > 0) this.failed(new Error(`closed before the disk took all: ${lost} records are lost`));
    this.#attempt(() => this.#claim?.release(this.#options.spool.fsync !== 'never'));
  }

  lost(count: number, reason: DropReason): void {
    this.#books.spooled -= count;
    this.#books.lose(count, reason);
  }

  failed(fault: Error): void {
    this.#options.failed(fault);
  }

  handOver(heir: SpoolOwner): number {
    this.sync();
    this.#heir = heir;
    return this.#books.spooled - this.#books.inFlight;
  }

  adopt(count: number): void {
    this.#books.adopt(count);
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
    this.#books.lose(1, reason);
    return false;
  }

  #takeOne(maxBytes: number): SpoolEntry<T> | undefined {
    const record = this.#heir === undefined ? this.#fromFiles(maxBytes) : undefined;
    if (record !== undefined) {
      this.#books.inFlight += 1;
      return this.#entry(record, undefined);
    }
    // Nothing is left in the files; what the disk did not take can be sent all the same.
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
    this.#books.inFlight -= fromFiles;
    this.#books.spooled -= fromFiles;
    this.#spool?.settle(entries.map(({ record }) => record));
  }

  #putBack(entries: readonly SpoolEntry<T>[]): void {
    const records = entries.filter(({ kept }) => kept === undefined).map(({ record }) => record);
    this.#books.inFlight -= records.length;
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
      if (this.#deadLetters.add({ ...record, id, reason })) this.#books.deadLetters += 1;
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
