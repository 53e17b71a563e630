import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoggingError } from '../../../core/errors.js';
import { ERROR } from '../../../core/levels.js';
import type { DropReason, OverflowPolicy } from '../bounded-queue.js';
import { Lane } from './lane.js';
import { Quarantine } from './quarantine.js';
import { type Damage, Segment } from './segment.js';
import { BANDS, bandOf, parseSegmentFile, segmentFile } from './segment-name.js';
import { forceDirectory, forceFile, forceFileLater } from './force-to-disk.js';
import { encodeFrame, HEADER_BYTES, MAX_PAYLOAD_BYTES } from './spool-frame.js';
import { SpoolState } from './spool-state.js';

/** The most bytes of a segment. */
const MAX_SEGMENT_BYTES = 8 * 1024 * 1024;
/** Of the bytes on disk, the part that records below ERROR may fill. */
const SHARE_BELOW_ERROR = 0.9;

/** A record that is to be written. */
export interface NewRecord {
  readonly id: number;
  readonly levelno: number;
  readonly payload: Buffer;
}

/** A record that was taken from a spool. */
export interface SpooledRecord extends NewRecord {
  /** With the id it tells a record from all others of the directory, also those of processes before. */
  readonly identity: string;
  /** Where it stands; `undefined` for one that never was in a file. */
  readonly segment: Segment | undefined;
}

/** What a spool tells whoever keeps its books. */
export interface SpoolOwner {
  /** Records in it are gone. */
  lost(count: number, reason: DropReason): void;
  /** Something went wrong that stops nothing. */
  failed(fault: Error): void;
}

/** How a spool is kept; may change while it is open. */
export interface SpoolLimits {
  readonly maxBytes: number;
  readonly overflow: OverflowPolicy;
}

/**
 * Records in the files of a directory, from when they are appended until they are settled: what is there survives the
 * process, and is there again for the next one.
 *
 * Nothing is ever written over: files are appended to, and removed once all in them is settled or had to make room.
 */
export class Spool {
  /** Told of what is lost; nobody before a handler takes the spool over. */
  owner: SpoolOwner | undefined;
  limits: SpoolLimits;
  /** What of this process's records receivers are told. */
  readonly identity: string;
  /** Records that the files held when the spool was opened and that are gone since damage was found. */
  readonly lostAtStart: number;

  readonly #directory: string;
  readonly #kind: string;
  readonly #lanes: ReadonlyMap<number, Lane>;
  readonly #state: SpoolState;
  readonly #quarantine: Quarantine;
  // In order of their ids: the first tells how far everything is settled.
  readonly #inFlight = new Set<number>();
  readonly #returned: SpooledRecord[] = [];
  readonly #unsynced = new Set<Segment>();
  #lastTaken: number;
  #lastId: number;
  #diskBytes = 0;

  /**
   * Opens the spool of a directory that is locked; reads it from end to end, and repairs what was damaged.
   *
   * @param kind What its records are written as.
   * @throws {LoggingError} `ERR_LOGGING_FILE` if it holds records of another kind; the system's error.
   */
  constructor(directory: string, kind: string, limits: SpoolLimits) {
    this.#directory = directory;
    this.#kind = kind;
    this.limits = limits;
    this.identity = process.getBuiltinModule('node:crypto').randomBytes(6).toString('hex');
    this.#lanes = new Map(BANDS.map((band) => [band, new Lane(band, (...what) => this.#damaged(...what))]));
    this.#quarantine = new Quarantine(directory);
    this.#state = new SpoolState(join(directory, 'state'));
    this.#lastTaken = this.#state.frontier;
    this.#lastId = this.#state.frontier;
    this.lostAtStart = this.#scan();
  }

  /** Records that can be taken; counted anew each time. */
  get waiting(): number {
    let count = this.#returned.length;
    for (const lane of this.#lanes.values()) for (const segment of lane.segments) count += segment.waiting;
    return count;
  }

  /** Bytes of the files of records. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  /** The id that was given last. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The id of a new record. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * Appends records of one band, in order of their ids, with one write.
   *
   * @returns `false` if there is no room for them, and none can be made.
   * @throws The system's error; then none of them is written.
   */
  append(records: readonly [NewRecord, ...NewRecord[]]): boolean {
    const bytes = records.reduce((sum, { payload }) => sum + HEADER_BYTES + payload.length, 0);
    const [{ levelno, id }] = records;
    if (!this.#makeRoom(levelno, bytes)) return false;
    const segment = this.#segmentFor(bandOf(levelno), id, bytes);
    const frames = records.map((record, index) =>
      encodeFrame(record.payload, { ...record, ordinal: segment.nextOrdinal + index }, segment.seed),
    );
    const last = records.at(-1) as NewRecord;
    segment.append(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames), records.length, last.id);
    this.#diskBytes += bytes;
    this.#unsynced.add(segment);
    return true;
  }

  /** Whether a record can never be written, however much room there is. */
  isOversize(bytes: number, levelno: number): boolean {
    return bytes > MAX_PAYLOAD_BYTES || HEADER_BYTES + bytes > this.#limitFor(levelno);
  }

  /** Takes the oldest record, if it has no more than so many bytes. @throws The system's error. */
  take(maxBytes: number): SpooledRecord | undefined {
    const returned = this.#returned[0];
    if (returned !== undefined) return returned.payload.length <= maxBytes ? this.#returned.shift() : undefined;
    let first: { lane: Lane; id: number } | undefined;
    for (const lane of this.#lanes.values()) {
      const id = lane.peek()?.frame.id;
      if (id !== undefined && (first === undefined || id < first.id)) first = { lane, id };
    }
    const next = first?.lane.peek();
    if (next === undefined || next.frame.payload.length > maxBytes) return undefined;
    const { frame, segment } = next;
    segment.shift();
    this.track(frame.id);
    const { id, levelno, payload } = frame;
    return { id, levelno, payload, identity: segment.identity, segment };
  }

  /** Takes note that a record is on its way, also one that is in no file. */
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
      this.#sweep(false);
    } catch (error) {
      this.owner?.failed(error as Error);
    }
  }

  /** Puts records back that were taken: they are the next to be taken. */
  putBack(records: readonly SpooledRecord[]): void {
    this.#returned.push(...records);
    this.#returned.sort((a, b) => a.id - b.id);
  }

  /** Forces what was appended to the disk. @throws The system's error. */
  sync(): void {
    for (const { path } of this.#unsynced) forceFile(path);
    if (this.#unsynced.size > 0) forceDirectory(this.#directory);
    this.#unsynced.clear();
  }

  /** The same, in the background. Rejects with the system's error. */
  async syncLater(): Promise<void> {
    if (this.#unsynced.size === 0) return;
    const paths = [...this.#unsynced].map(({ path }) => path);
    this.#unsynced.clear();
    for (const path of paths) await forceFileLater(path);
  }

  /** Lets go of all files; those with nothing left in them are removed. @throws The system's error. */
  close(isForced: boolean): void {
    if (isForced) this.sync();
    if (this.#inFlight.size === 0 && this.waiting === 0) this.#sweep(true);
    for (const lane of this.#lanes.values()) for (const segment of lane.segments) segment.release();
    this.#state.close(isForced);
  }

  #scan(): number {
    let lost = 0;
    const found = readdirSync(this.#directory).sort();
    for (const file of found) {
      const name = parseSegmentFile(file);
      const lane = name && this.#lanes.get(name.band);
      if (name === undefined || lane === undefined) continue;
      const segment = new Segment(join(this.#directory, file), name.identity);
      const { waiting, damages } = segment.scan(this.#state.frontier);
      for (const { bytes } of damages) this.#quarantine.keep(segment.path, bytes);
      if (waiting > 0 && name.kind !== this.#kind) throw this.#otherKind(name.kind, file);
      lost += damages.reduce((sum, damage) => sum + damage.lost, 0);
      this.#lastId = Math.max(this.#lastId, segment.lastId);
      this.#diskBytes += segment.size;
      lane.add(segment, false);
    }
    this.#sweep(false);
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
    const text = `${segment.path} is damaged: ${lost} ${lost === 1 ? 'record is' : 'records are'} lost, see the .bad file beside it`;
    this.owner?.failed(new Error(text));
    this.#quarantine.keep(segment.path, bytes);
  }

  #limitFor(levelno: number): number {
    return this.limits.maxBytes * (levelno >= ERROR ? 1 : SHARE_BELOW_ERROR);
  }

  #segmentFor(band: number, firstId: number, bytes: number): Segment {
    const lane = this.#lanes.get(band) as Lane;
    const full = Math.min(MAX_SEGMENT_BYTES, this.limits.maxBytes / 32);
    const { active } = lane;
    if (active?.isAppendable && (active.size === 0 || active.size + bytes <= full)) return active;
    const name = segmentFile({ firstId, band, kind: this.#kind, identity: this.identity });
    const segment = new Segment(join(this.#directory, name), this.identity);
    segment.create();
    lane.add(segment, true);
    return segment;
  }

  /** By the policy, whole files at a time: the first to go are those in which nothing is left. */
  #makeRoom(levelno: number, bytes: number): boolean {
    const limit = this.#limitFor(levelno);
    if (bytes > limit) return false;
    if (this.#diskBytes + bytes > limit) this.#sweep(true);
    while (this.#diskBytes + bytes > limit) {
      const lane = this.#victim(levelno);
      const segment = lane?.victim;
      if (lane === undefined || segment === undefined) return false;
      const lost = segment.waiting;
      this.#remove(lane, segment);
      this.owner?.lost(lost, 'overflow');
    }
    return true;
  }

  /** The lane whose oldest segment gives way to a record of that level. */
  #victim(levelno: number): Lane | undefined {
    const lanes = [...this.#lanes.values()].filter(({ victim }) => victim !== undefined);
    const { overflow } = this.limits;
    if (overflow === 'dropNewest') return undefined;
    if (overflow === 'dropLowestLevel') return lanes.find(({ band }) => band < bandOf(levelno));
    const isOlder = (a: Lane, b: Lane) => (a.victim as Segment).lastId < (b.victim as Segment).lastId;
    const oldest = (of: readonly Lane[]) =>
      of.reduce<Lane | undefined>((best, lane) => (best && isOlder(best, lane) ? best : lane), undefined);
    return oldest(lanes.filter(({ band }) => band < ERROR)) ?? (levelno >= ERROR ? oldest(lanes) : undefined);
  }

  /** Removes files in which nothing is left; those that are appended to only if they are told to go, too. */
  #sweep(withActive: boolean): void {
    for (const lane of this.#lanes.values()) {
      for (const segment of [...lane.segments]) {
        const isSpent = segment.waiting === 0 && segment.inFlight === 0;
        if (isSpent && (withActive || segment !== lane.active)) this.#remove(lane, segment);
      }
    }
  }

  #remove(lane: Lane, segment: Segment): void {
    this.#diskBytes -= segment.size;
    this.#unsynced.delete(segment);
    lane.remove(segment);
  }
}
