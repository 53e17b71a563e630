import { ERROR } from '../../../core/levels.js';
import type { OverflowPolicy } from '../bounded-queue.js';
import { isRemovable, Partition } from './partition.js';
import type { Damage, Segment } from './segment.js';
import { PRIORITIES, priorityOf } from './segment-name.js';
import type { Frame } from './spool-frame.js';

/** All files of a spool, by the level of their records. */
export class Partitions {
  readonly #partitions: readonly Partition[];
  #diskBytes = 0;

  readonly #failed: (error: Error) => void;

  /**
   * @param damaged Called with what had to be skipped while reading.
   * @param failed Called with files that cannot be removed; they no longer count anyway.
   */
  constructor(damaged: (segment: Segment, damage: Damage) => void, failed: (error: Error) => void) {
    this.#failed = failed;
    this.#partitions = PRIORITIES.map((priority) => new Partition(priority, damaged));
  }

  /** Bytes of all files. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  /** Records that can be taken; counted each time. */
  get waiting(): number {
    let count = 0;
    for (const partition of this.#partitions)
      for (const segment of partition.segments) count += segment.waiting;
    return count;
  }

  /** The partition of a level. */
  of(levelno: number): Partition {
    return this.#partitions[PRIORITIES.indexOf(priorityOf(levelno))] as Partition;
  }

  /** Adds bytes of a file to the sum. */
  grow(bytes: number): void {
    this.#diskBytes += bytes;
  }

  /** The record with the lowest id, left where it is. @throws The system's error. */
  peek(): { frame: Frame; segment: Segment } | undefined {
    let first: { frame: Frame; segment: Segment } | undefined;
    for (const partition of this.#partitions) {
      const next = partition.peek();
      if (next !== undefined && (first === undefined || next.frame.id < first.frame.id)) first = next;
    }
    return first;
  }

  /**
   * Removes a file to make room for a record of a level; none of its records is on its way.
   *
   * @returns How many records it held; 0 if the policy keeps them all.
   */
  removeVictim(levelno: number, overflow: OverflowPolicy): number {
    const partition = this.#victim(levelno, overflow);
    const segment = partition?.victim;
    if (partition === undefined || segment === undefined) return 0;
    const { waiting } = segment;
    this.#remove(partition, segment);
    return waiting;
  }

  /** Bytes of all files that {@link removeVictim} may remove for a record of a level. */
  removableBytes(levelno: number, overflow: OverflowPolicy): number {
    let bytes = 0;
    for (const partition of this.#giveWay(levelno, overflow))
      for (const segment of partition.segments) if (isRemovable(segment)) bytes += segment.size;
    return bytes;
  }

  /** Removes files in which nothing is left; those that are appended to only on request. */
  sweep(withActive: boolean): void {
    for (const partition of this.#partitions) {
      for (const segment of [...partition.segments]) {
        const isSpent = segment.waiting === 0 && segment.inFlight === 0;
        if (isSpent && (withActive || segment !== partition.active)) this.#remove(partition, segment);
      }
    }
  }

  /** Appends no longer to files that somebody removed. @returns How many records only these had, those on their way included. */
  retireGone(): number {
    let count = 0;
    for (const partition of this.#partitions) {
      if (partition.active?.isGone) partition.retire();
      for (const segment of partition.segments)
        if (segment.isGone) count += segment.waiting + segment.inFlight;
    }
    return count;
  }

  /** Closes all files. */
  release(): void {
    for (const partition of this.#partitions) for (const segment of partition.segments) segment.release();
  }

  #victim(levelno: number, overflow: OverflowPolicy): Partition | undefined {
    const partitions = this.#giveWay(levelno, overflow).filter(({ victim }) => victim !== undefined);
    if (overflow === 'dropLowestLevel') return partitions[0];
    return oldest(partitions.filter(({ priority }) => priority < ERROR)) ?? oldest(partitions);
  }

  /** The partitions whose files may be deleted for a record of a level, the lowest first. */
  #giveWay(levelno: number, overflow: OverflowPolicy): readonly Partition[] {
    if (overflow === 'dropNewest') return [];
    if (overflow === 'dropLowestLevel')
      return this.#partitions.filter(({ priority }) => priority < priorityOf(levelno));
    return levelno >= ERROR ? this.#partitions : this.#partitions.filter(({ priority }) => priority < ERROR);
  }

  #remove(partition: Partition, segment: Segment): void {
    this.#diskBytes -= segment.size;
    try {
      partition.remove(segment);
    } catch (error) {
      this.#failed(error as Error);
    }
  }
}

function oldest(partitions: readonly Partition[]): Partition | undefined {
  const ageOf = (partition: Partition) => partition.victim?.lastId ?? 0;
  return partitions.reduce<Partition | undefined>(
    (best, partition) => (best && ageOf(best) < ageOf(partition) ? best : partition),
    undefined,
  );
}
