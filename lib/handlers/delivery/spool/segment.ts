import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { writeFully } from '../../../runtime/write-fully.js';
import { O_NOFOLLOW } from '../../output/no-follow.js';
import {
  claimedBytes,
  type Frame,
  type FrameHead,
  findFrame,
  frameAt,
  frameSeed,
  HEADER_BYTES,
} from './spool-frame.js';

/** How much is read at once. */
const WINDOW_BYTES = 65_536;
/** How long a write waits for a descriptor that is not ready: files always are. */
const PATIENCE_MS = 0;

const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants;

/** Bytes of a segment that contain no valid frame. */
export interface Damage {
  readonly bytes: Buffer;
  /** How many records they held, as far as known. */
  readonly lost: number;
  /** Whether it is the end of a write that was interrupted. */
  readonly isTorn: boolean;
}

/** The content of a segment that already existed. */
export interface ScanResult {
  /** Records that are not yet delivered. */
  readonly waiting: number;
  readonly damages: readonly Damage[];
}

/** One file of a spool: frames, one after another; read from front to back while more are appended. */
export class Segment {
  /** Bytes of it that hold frames. */
  size = 0;
  /** The id of its last frame; 0 if there is none. */
  lastId = 0;
  /** Frames not taken yet. */
  waiting = 0;
  /** Frames taken and not yet settled. */
  inFlight = 0;

  readonly #seed: number;
  /** Damage found before, with start and end. */
  readonly #holes = new Map<number, number>();
  #fd: number | undefined;
  #isRagged = false;
  #count = 0;
  #at = 0;
  #ordinal = 0;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #next: Frame | undefined;

  /** @param identity The identity of the process that wrote it. */
  constructor(
    readonly path: string,
    readonly identity: string,
  ) {
    this.#seed = frameSeed(identity);
  }

  /** Creates the file. @throws The system's error; never opens an existing one. */
  create(): void {
    this.#fd = openSync(this.path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
  }

  /** The place of the next frame that is appended. */
  get nextOrdinal(): number {
    return this.#count;
  }

  /** The seed of the checksums of this segment. */
  get seed(): number {
    return this.#seed;
  }

  /** Appends frames: all of them or, if it throws, none. @throws The system's error. */
  append(frames: Buffer, count: number, lastId: number): void {
    const fd = this.#open();
    const result = writeFully(fd, frames, 'utf8', PATIENCE_MS);
    if (typeof result !== 'number') {
      if (result.written > 0) this.#cutBack(fd);
      throw result.error;
    }
    this.size += frames.length;
    this.lastId = lastId;
    this.waiting += count;
    this.#count += count;
  }

  /** Whether it can be appended to: not after a partial write that could not be undone. */
  get isAppendable(): boolean {
    return !this.#isRagged;
  }

  /** Whether somebody removed the file, or moved it away. While it is open, it can still be read. */
  get isGone(): boolean {
    return !existsSync(this.path);
  }

  /** Reads an existing file, and cuts off a write that an earlier process had not finished. */
  scan(frontier: number): ScanResult {
    const bytes = readFileSync(this.path);
    const damages: Damage[] = [];
    let start: { at: number; ordinal: number } | undefined;
    for (let at = 0; at < bytes.length; ) {
      const frame = this.#frameIn(bytes, at);
      if (typeof frame === 'object') {
        if (frame.id > frontier) {
          start ??= { at, ordinal: frame.ordinal };
          this.waiting += 1;
        }
        this.lastId = frame.id;
        this.#count = frame.ordinal + 1;
        at = frame.end;
        this.size = at;
        continue;
      }
      const end = this.#endOfDamage(bytes, at);
      if (end === -1) {
        damages.push({
          bytes: bytes.subarray(at),
          lost: frame === 'short' ? 0 : 1,
          isTorn: frame === 'short',
        });
        break;
      }
      const next = frameAt(bytes, end, this.#seed) as Frame;
      const lost = next.id <= frontier + 1 ? 0 : next.ordinal - this.#count;
      damages.push({ bytes: bytes.subarray(at, end), lost, isTorn: false });
      this.#holes.set(at, end);
      at = end;
    }
    if (this.size < bytes.length) ftruncateSync(this.#open(), this.size);
    this.#at = start?.at ?? this.size;
    this.#ordinal = start?.ordinal ?? this.#count;
    this.release();
    return { waiting: this.waiting, damages };
  }

  /**
   * The next frame, left where it is. @param damaged Called with what had to be skipped. @throws The system's error.
   */
  peek(damaged: (damage: Damage) => void): Frame | undefined {
    while (this.#next === undefined && this.#at < this.size) {
      const hole = this.#holes.get(this.#at);
      if (hole !== undefined) {
        this.#at = hole;
        continue;
      }
      const frame = this.#read();
      if (frame === undefined) this.#passDamage(damaged);
      else this.#next = frame;
    }
    return this.#next;
  }

  /** Skips all that was not taken yet: the file is gone. */
  giveUp(): Damage {
    const lost = this.waiting;
    this.waiting = 0;
    this.#at = this.size;
    return { bytes: Buffer.alloc(0), lost, isTorn: false };
  }

  /** Takes the frame that {@link peek} returned. */
  shift(): void {
    const frame = this.#next;
    if (frame === undefined) return;
    this.#at += HEADER_BYTES + frame.payload.length;
    this.#ordinal = frame.ordinal + 1;
    this.#next = undefined;
    this.waiting -= 1;
    this.inFlight += 1;
  }

  /** Closes the file; it is opened again when needed. */
  release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#window = Buffer.alloc(0);
    this.#windowStart = 0;
  }

  /** Removes the file. */
  remove(): void {
    this.release();
    this.waiting = 0;
    this.#at = this.size;
    this.#next = undefined;
    rmSync(this.path, { force: true });
  }

  /** The next append must begin where a frame can begin. */
  #cutBack(fd: number): void {
    try {
      ftruncateSync(fd, this.size);
    } catch {
      this.#isRagged = true;
    }
  }

  #open(): number {
    this.#fd ??= openSync(this.path, O_RDWR | O_APPEND | O_NOFOLLOW);
    return this.#fd;
  }

  #frameIn(bytes: Buffer, at: number): Frame | 'short' | 'bad' {
    const frame = frameAt(bytes, at, this.#seed);
    return typeof frame === 'object' && !this.#follows(frame) ? 'bad' : frame;
  }

  /** Ids of a segment only grow; for frames from before the cursor, see {@link scan}. */
  #follows({ id, ordinal }: FrameHead): boolean {
    return id > this.lastId && ordinal >= this.#count;
  }

  #endOfDamage(bytes: Buffer, at: number): number {
    return findFrame(bytes, at + 1, this.#seed, (head) => this.#follows(head));
  }

  /** The frame at the cursor, if it is valid. */
  #read(): Frame | undefined {
    const frame = this.#frameInWindow();
    return typeof frame === 'object' && frame.ordinal >= this.#ordinal ? frame : undefined;
  }

  #frameInWindow(): Frame | 'short' | 'bad' {
    const end = this.#windowStart + this.#window.length;
    if (this.#at >= this.#windowStart && this.#at < end) {
      const frame = frameAt(this.#window, this.#at - this.#windowStart, this.#seed);
      if (typeof frame === 'object') return frame;
    }
    this.#fill(WINDOW_BYTES);
    const frame = frameAt(this.#window, 0, this.#seed);
    const claimed = claimedBytes(this.#window, 0);
    if (frame !== 'short' || claimed <= this.#window.length) return frame;
    this.#fill(claimed);
    return frameAt(this.#window, 0, this.#seed);
  }

  /** Reads on from the cursor. */
  #fill(bytes: number): void {
    const window = Buffer.allocUnsafe(Math.min(bytes, this.size - this.#at));
    const length = readSync(this.#open(), window, 0, window.length, this.#at);
    this.#window = window.subarray(0, length);
    this.#windowStart = this.#at;
  }

  #passDamage(damaged: (damage: Damage) => void): void {
    const rest = Buffer.allocUnsafe(this.size - this.#at);
    const bytes = rest.subarray(0, readSync(this.#open(), rest, 0, rest.length, this.#at));
    const found = findFrame(bytes, 1, this.#seed, ({ ordinal }) => ordinal >= this.#ordinal);
    const next = found === -1 ? undefined : (frameAt(bytes, found, this.#seed) as Frame);
    const lost = (next?.ordinal ?? this.#count) - this.#ordinal;
    const end = next === undefined ? this.size : this.#at + found;
    this.#holes.set(this.#at, end);
    this.#at = end;
    this.#ordinal += lost;
    this.waiting -= lost;
    damaged({ bytes: bytes.subarray(0, found === -1 ? bytes.length : found), lost, isTorn: false });
  }
}
