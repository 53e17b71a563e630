import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoggingError } from '../../../core/errors.js';
import { ERROR } from '../../../core/levels.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { type OverflowPolicy, SHARE_BELOW_ERROR } from '../bounded-queue.js';
import { recordsWere } from '../delivery-errors.js';
import type { DropReason } from '../delivery-queue.js';
import { Quarantine } from './dead-letters.js';
import { forceDirectory, forceDirectoryLater, forceFile, forceFileLater } from './force-to-disk.js';
import { Partitions } from './partitions.js';
import { type Damage, Segment } from './segment.js';
import { parseSegmentFile, priorityOf, segmentFile } from './segment-name.js';
import { encodeFrame, HEADER_BYTES, MAX_PAYLOAD_BYTES } from './spool-frame.js';
import { SpoolState } from './spool-state.js';

/** The most bytes of a segment, and the largest share of a small spool. */
const MAX_SEGMENT_BYTES = 8 * 1024 * 1024;
const SEGMENTS = 32;

/** How often the directory is checked to be still there, in milliseconds. */
const LOOK_MS = 250;

/** A record that is to be written. */
export interface NewRecord {
  readonly id: number;
  readonly levelno: number;
  readonly payload: Buffer;
}

/** A record that was taken from a spool. */
export interface SpooledRecord extends NewRecord {
  /** Together with the id it identifies a record among all of the directory, also those of earlier processes. */
  readonly identity: string;
  /** Its segment; `undefined` for one that was never in a file. */
  readonly segment: Segment | undefined;
}

/** The owner of a spool's counters. */
export interface SpoolOwner {
  /** Records in the spool are lost. */
  lost(count: number, reason: DropReason): void;
  /** An error that stops nothing. */
  failed(error: Error): void;
  /** Another owner keeps the counters from now on. @returns How many records it gets. */
  handOver(heir: SpoolOwner): number;
  /** There are records of an earlier owner. */
  adopt(count: number): void;
}

/** How a spool is kept; may change while it is open. */
export interface SpoolLimits {
  readonly maxBytes: number;
  readonly overflow: OverflowPolicy;
}

/**
 * Records in the files of a directory, from when they are appended until they are settled: they survive the
 * process, and the next one finds them.
 *
 * Nothing is ever written over: files are appended to, and removed once all their records are settled or had to make
 * room.
 */
export class Spool {
  /** Gets the losses; `undefined` before a handler takes the spool over. */
  owner: SpoolOwner | undefined;
  limits: SpoolLimits;
  /** Whether the lock of the directory is still there. */
  isOurs: () => boolean = () => true;
  /** Makes the directory again, and locks it. Throws if that is impossible. */
  takeAgain: () => void = () => undefined;
  /** Drawn at random for each process, so that its ids differ from those of earlier processes. */
  readonly identity: string;
  /** Records that were found damaged when the spool was opened. */
  readonly lostAtStart: number;

  readonly #directory: string;
  readonly #kind: string;
  readonly #partitions = new Partitions(
    (segment, damage) => this.#damaged(segment, damage),
    (error) => this.owner?.failed(error),
  );
  readonly #state: SpoolState;
  readonly #quarantine: Quarantine;
  // In order of their ids: the first shows how far everything is settled.
  readonly #inFlight = new Set<number>();
  readonly #returned: SpooledRecord[] = [];
  readonly #unforced = new Set<Segment>();
  #lookAt = 0;
  #lastTaken: number;
  #lastAppended = 0;
  #lastId: number;

  /**
   * Opens the spool of a directory that is locked; reads it from end to end, and repairs what was damaged.
   *
   * @param kind The encoding of its records.
   * @throws {LoggingError} `ERR_LOGGING_FILE` if it holds records of another kind; the system's error.
   */
  constructor(directory: string, kind: string, limits: SpoolLimits) {
    this.#directory = directory;
    this.#kind = kind;
    this.limits = limits;
    this.identity = nodeModule('node:crypto').randomBytes(6).toString('hex');
    this.#quarantine = new Quarantine(directory);
    this.#state = new SpoolState(join(directory, 'state'));
    this.#lastTaken = this.#state.frontier;
    this.#lastId = this.#state.frontier;
    try {
      this.lostAtStart = this.#scan();
    } catch (error) {
      this.#partitions.release();
      this.#state.close(false);
      throw error;
    }
  }

  /** Records that can be taken; counted each time. */
  get waiting(): number {
    return this.#partitions.waiting + this.#returned.length;
  }

  /** The last id that was given. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The id of a new record. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Whether a record is too large ever to be written. */
  isOversize(bytes: number, levelno: number): boolean {
    return bytes > MAX_PAYLOAD_BYTES || HEADER_BYTES + bytes > this.#limitFor(levelno);
  }

  /**
   * Appends records of one priority, in the given order, with one write. A record gets a new id if its own is lower
   * than one that was appended or taken before.
   *
   * @returns `false` if there is no room for them, and none can be made.
   * @throws The system's error; then none of them is written.
   */
  append(given: readonly [NewRecord, ...NewRecord[]]): boolean {
    this.#restore();
    const bytes = given.reduce((sum, { payload }) => sum + HEADER_BYTES + payload.length, 0);
    if (!this.#makeRoom(given[0].levelno, bytes)) return false;
    const records = this.#ascending(given);
    const segment = this.#segmentFor(records[0], bytes);
    const frames = records.map((record, index) =>
      encodeFrame(record.payload, { ...record, ordinal: segment.nextOrdinal + index }, segment.seed),
    );
    const lastId = records.at(-1)?.id ?? 0;
    segment.append(
      frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames),
      records.length,
      lastId,
    );
    this.#lastAppended = lastId;
    this.#partitions.grow(bytes);
    this.#unforced.add(segment);
    return true;
  }

  /** Takes the oldest record, if it has at most the given bytes. @throws The system's error. */
  take(maxBytes: number): SpooledRecord | undefined {
    const returned = this.#returned[0];
    if (returned !== undefined)
      return returned.payload.length > maxBytes ? undefined : this.#returned.shift();
    const next = this.#partitions.peek();
    if (next === undefined || next.frame.payload.length > maxBytes) return undefined;
    const { frame, segment } = next;
    segment.shift();
    this.track(frame.id);
    const { id, levelno, payload } = frame;
    return { id, levelno, payload, identity: segment.identity, segment };
  }

  /** Notes that a record is on its way, even one that is in no file. */
  track(id: number): void {
    this.#inFlight.add(id);
    this.#lastTaken = Math.max(this.#lastTaken, id);
  }

  /** Forgets records that were taken: they are delivered, or lost. Files that hold nothing else are removed. */
  settle(records: readonly SpooledRecord[]): void {
    for (const { id, segment } of records) {
      this.#inFlight.delete(id);
      if (segment !== undefined) segment.inFlight -= 1;
    }
    try {
      const oldest = this.#inFlight.values().next().value;
      const frontier = oldest === undefined ? this.#lastTaken : oldest - 1;
      if (frontier > this.#state.frontier) this.#state.advance(frontier);
    } catch (error) {
      this.owner?.failed(error as Error);
    }
    // Even then: on a full disk there may be no room for the state before files are gone.
    this.#partitions.sweep(false);
  }

  /** Puts taken records back: they are the next to be taken. */
  putBack(records: readonly SpooledRecord[]): void {
    this.#returned.push(...records);
    this.#returned.sort((a, b) => a.id - b.id);
  }

  /** Forces what was appended to the disk. @throws The system's error. */
  force(): void {
    if (this.#unforced.size === 0) return;
    for (const { path } of this.#unforced) forceFile(path);
    forceDirectory(this.#directory);
    this.#unforced.clear();
  }

  /** The same, in the background. Rejects with the system's error. */
  async forceLater(): Promise<void> {
    const segments = [...this.#unforced];
    this.#unforced.clear();
    try {
      for (const { path } of segments) await forceFileLater(path);
      // Without its name a new file is lost with all that is in it.
      if (segments.length > 0) await forceDirectoryLater(this.#directory);
    } catch (error) {
      for (const segment of segments) this.#unforced.add(segment);
      throw error;
    }
  }

  /** Closes all files; empty ones are removed. @throws The system's error. */
  close(isForced: boolean): void {
    const gone = this.#partitions.retireGone();
    if (gone > 0) {
      this.owner?.lost(gone, 'closed');
      this.owner?.failed(new Error(`${this.#directory} was removed, and ${recordsWere(gone)} in it`));
    }
    try {
      if (isForced) this.force();
    } finally {
      this.#partitions.sweep(true);
      this.#partitions.release();
      this.#state.close(isForced);
    }
  }

  /**
   * Makes the directory again if somebody removed it: what is appended to files that have no name is lost with the
   * process.
   *
   * @throws The system's error.
   */
  #restore(): void {
    const now = performance.now();
    if (now < this.#lookAt) return;
    if (!this.isOurs()) {
      this.takeAgain();
      this.#state.renew();
      const gone = this.#partitions.retireGone();
      this.owner?.failed(
        new Error(`${this.#directory} was removed, and is there again; ${recordsWere(gone)} in it`),
      );
    }
    this.#lookAt = now + LOOK_MS;
  }

  /**
   * Gives records new ids where theirs do not ascend. The next process would take such a record for damage, or for
   * delivered.
   */
  #ascending(records: readonly [NewRecord, ...NewRecord[]]): readonly [NewRecord, ...NewRecord[]] {
    let last = Math.max(this.#lastAppended, this.#lastTaken);
    const next = (record: NewRecord): NewRecord => {
      const isNext = record.id > last;
      last = isNext ? record.id : this.nextId();
      return isNext ? record : { ...record, id: last };
    };
    const [first, ...others] = records;
    return [next(first), ...others.map(next)];
  }

  #scan(): number {
    let lost = 0;
    for (const file of readdirSync(this.#directory).sort()) {
      const name = parseSegmentFile(file);
      if (name === undefined) continue;
      const segment = new Segment(join(this.#directory, file), name.identity);
      const { waiting, damages } = segment.scan(this.#state.frontier);
      for (const damage of damages) {
        this.#keepDamaged(segment, damage.bytes);
        lost += damage.lost;
      }
      if (waiting > 0 && name.kind !== this.#kind) throw this.#otherKind(name.kind, file);
      this.#lastId = Math.max(this.#lastId, segment.lastId);
      this.#partitions.grow(segment.size);
      this.#partitions.of(name.priority).add(segment, false);
    }
    this.#partitions.sweep(false);
    return lost;
  }

  #otherKind(kind: string, file: string): LoggingError {
    return new LoggingError(
      'ERR_LOGGING_FILE',
      `spool.directory: '${this.#directory}' holds records written as ${kind} (${file}), which this handler, ` +
        `that sends ${this.#kind}, cannot send; give it a directory of its own`,
    );
  }

  #damaged(segment: Segment, { bytes, lost }: Damage): void {
    this.owner?.lost(lost, 'corrupt');
    const records = lost === 1 ? '1 record is' : `${lost} records are`;
    this.owner?.failed(new Error(`${segment.path} is damaged: ${records} lost, see the .bad file beside it`));
    this.#keepDamaged(segment, bytes);
  }

  /** The damaged part is only kept for inspection, so a failure, as on a full disk, does not stop the rest. */
  #keepDamaged(segment: Segment, bytes: Buffer): void {
    try {
      this.#quarantine.keep(segment.path, bytes);
    } catch (error) {
      this.owner?.failed(error as Error);
    }
  }

  #limitFor(levelno: number): number {
    return this.limits.maxBytes * (levelno >= ERROR ? 1 : SHARE_BELOW_ERROR);
  }

  /** Drops whole files by the policy, starting with those in which nothing is left. */
  #makeRoom(levelno: number, bytes: number): boolean {
    const limit = this.#limitFor(levelno);
    if (bytes > limit) return false;
    if (this.#partitions.diskBytes + bytes > limit) this.#partitions.sweep(true);
    const { overflow } = this.limits;
    const missing = this.#partitions.diskBytes + bytes - limit;
    // Nothing is dropped for a record that will not fit anyway.
    if (missing > 0 && missing > this.#partitions.removableBytes(levelno, overflow)) return false;
    while (this.#partitions.diskBytes + bytes > limit) {
      const lost = this.#partitions.removeVictim(levelno, overflow);
      if (lost === 0) return false;
      this.owner?.lost(lost, 'overflow');
    }
    return true;
  }

  #segmentFor({ id, levelno }: NewRecord, bytes: number): Segment {
    const partition = this.#partitions.of(levelno);
    const full = Math.min(MAX_SEGMENT_BYTES, this.limits.maxBytes / SEGMENTS);
    const { active } = partition;
    if (active?.isAppendable && (active.size === 0 || active.size + bytes <= full)) return active;
    const name = { firstId: id, priority: priorityOf(levelno), kind: this.#kind, identity: this.identity };
    const segment = new Segment(join(this.#directory, segmentFile(name)), this.identity);
    segment.create();
    partition.add(segment, true);
    return segment;
  }
}
