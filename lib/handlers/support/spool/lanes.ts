import { ERROR } from '../../../core/levels.js';
import type { OverflowPolicy } from '../bounded-queue.js';
import { Lane } from './lane.js';
import type { Damage, Segment } from './segment.js';
import { BANDS, bandOf } from './segment-name.js';
import type { Frame } from './spool-frame.js';

/** All files of a spool, by the level of their records. */
export class Lanes {
  readonly #lanes: readonly Lane[];
  #diskBytes = 0;

  readonly #failed: (fault: Error) => void;

  /**
   * @param damaged Told of what had to be passed over while reading.
   * @param failed Told of files that cannot be removed; they are out of the books all the same.
   */
  constructor(damaged: (segment: Segment, damage: Damage) => void, failed: (fault: Error) => void) {
    this.#failed = failed;
    this.#lanes = BANDS.map((band) => new Lane(band, damaged));
  }

  /** Bytes of all files. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  /** Records that can be taken; counted anew each time. */
  get waiting(): number {
    let count = 0;
    for (const lane of this.#lanes) for (const segment of lane.segments) count += segment.waiting;
    return count;
  }

  /** The lane of a level. */
  of(levelno: number): Lane {
    return this.#lanes[BANDS.indexOf(bandOf(levelno))] as Lane;
  }

  /** Takes note of bytes that a file has. */
  grow(bytes: number): void {
    this.#diskBytes += bytes;
  }

  /** The record with the lowest id, left where it is. @throws The system's error. */
  peek(): { frame: Frame; segment: Segment } | undefined {
    let first: { frame: Frame; segment: Segment } | undefined;
    for (const lane of this.#lanes) {
      const next = lane.peek();
      if (next !== undefined && (first === undefined || next.frame.id < first.frame.id)) first = next;
    }
    return first;
  }

  /**
   * Removes the file that gives way to a record of a level; nothing of it is on its way.
   *
   * @returns How many records it held; 0 if the policy spares them all.
   */
  removeVictim(levelno: number, overflow: OverflowPolicy): number {
    const lane = this.#victim(levelno, overflow);
    const segment = lane?.victim;
    if (lane === undefined || segment === undefined) return 0;
    const { waiting } = segment;
    this.#remove(lane, segment);
    return waiting;
  }

  /** Removes files in which nothing is left; those that are appended to only if they are told to go, too. */
  sweep(withActive: boolean): void {
    for (const lane of this.#lanes) {
      for (const segment of [...lane.segments]) {
        const isSpent = segment.waiting === 0 && segment.inFlight === 0;
        if (isSpent && (withActive || segment !== lane.active)) this.#remove(lane, segment);
      }
    }
  }

  /** Lets go of all files. */
  release(): void {
    for (const lane of this.#lanes) for (const segment of lane.segments) segment.release();
  }

  #victim(levelno: number, overflow: OverflowPolicy): Lane | undefined {
    if (overflow === 'dropNewest') return undefined;
    const lanes = this.#lanes.filter(({ victim }) => victim !== undefined);
    if (overflow === 'dropLowestLevel') return lanes.find(({ band }) => band < bandOf(levelno));
    return oldest(lanes.filter(({ band }) => band < ERROR)) ?? (levelno >= ERROR ? oldest(lanes) : undefined);
  }

  #remove(lane: Lane, segment: Segment): void {
    this.#diskBytes -= segment.size;
    try {
      lane.remove(segment);
    } catch (error) {
      this.#failed(error as Error);
    }
  }
}

function oldest(lanes: readonly Lane[]): Lane | undefined {
  const ageOf = (lane: Lane) => lane.victim?.lastId ?? 0;
  return lanes.reduce<Lane | undefined>(
    (best, lane) => (best && ageOf(best) < ageOf(lane) ? best : lane),
    undefined,
  );
}
