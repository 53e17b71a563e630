import type { Damage, Segment } from './segment.js';
import type { Frame } from './spool-frame.js';

/** The segments of one priority of levels, oldest first: appended to at the back, read from the front. */
export class Partition {
  /** All of its files. */
  readonly segments: Segment[] = [];
  /** The segment that is appended to. */
  active: Segment | undefined;

  readonly #damaged: (segment: Segment, damage: Damage) => void;
  #reading = 0;

  /** @param damaged Called with what had to be skipped while reading. */
  constructor(
    readonly priority: number,
    damaged: (segment: Segment, damage: Damage) => void,
  ) {
    this.#damaged = damaged;
  }

  /** The next frame, left where it is, and its segment. @throws The system's error. */
  peek(): { frame: Frame; segment: Segment } | undefined {
    for (; this.#reading < this.segments.length; this.#reading++) {
      const segment = this.segments[this.#reading] as Segment;
      const frame = this.#firstOf(segment);
      if (frame !== undefined) return { frame, segment };
      if (segment === this.active) return undefined;
      segment.release();
    }
    return undefined;
  }

  /** A file that somebody removed must not hold up those behind it. */
  #firstOf(segment: Segment): Frame | undefined {
    try {
      return segment.peek((damage) => this.#damaged(segment, damage));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#damaged(segment, segment.giveUp());
      return undefined;
    }
  }

  /** Adds a segment at the back. */
  add(segment: Segment, isActive: boolean): void {
    this.segments.push(segment);
    if (isActive) this.active = segment;
  }

  /** Stops appending to the active segment. */
  retire(): void {
    this.active = undefined;
  }

  /** Removes a segment from the counters and deletes its file. @throws The system's error, with correct counters. */
  remove(segment: Segment): void {
    const index = this.segments.indexOf(segment);
    if (index === -1) return;
    this.segments.splice(index, 1);
    if (index < this.#reading) this.#reading -= 1;
    if (segment === this.active) this.active = undefined;
    segment.remove();
  }

  /** The oldest segment that may be deleted to make room. */
  get victim(): Segment | undefined {
    return this.segments.find(isRemovable);
  }
}

/** Whether a segment may be deleted to make room: records wait in it, and none of them is on its way. */
export function isRemovable({ waiting, inFlight }: Segment): boolean {
  return waiting > 0 && inFlight === 0;
}
