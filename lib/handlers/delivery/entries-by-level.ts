import type { QueueEntry } from './delivery-queue.js';

/** A queue whose two ends are cheap to reach; an array shifts all its members for each one taken from its front. */
export class Deque<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The member at the front, left where it is. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Adds at the back. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes from the front. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // Half of the array is used up: copying the other half costs less than was saved so far.
    if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Puts back at the front. */
  unshift(item: T): void {
    if (this.#head === 0) {
      this.#items.unshift(item);
      return;
    }
    this.#head -= 1;
    this.#items[this.#head] = item;
  }
}

/** The entries of one level, the oldest first. */
class Line<T> extends Deque<QueueEntry<T>> {
  readonly levelno: number;
  bytes = 0;

  constructor(levelno: number) {
    super();
    this.levelno = levelno;
  }
}

/** Waiting entries in one queue per level, so that neither the oldest nor the lowest needs a search. */
export class EntriesByLevel<T> {
  // Empty queues are removed, so every one here has entries. There are few, and the engine compiles loops over an array in
  // a fraction of the time that it takes for a map.
  readonly #lines: Line<T>[] = [];
  #length = 0;
  #bytes = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest entry of its level. */
  push(entry: QueueEntry<T>): void {
    this.#lineFor(entry).push(entry);
  }

  /** Puts an entry back that is the oldest of its level. */
  unshift(entry: QueueEntry<T>): void {
    this.#lineFor(entry).unshift(entry);
  }

  /** The oldest entry below a level, left where it is; default of all levels. */
  oldest(below = Number.POSITIVE_INFINITY): QueueEntry<T> | undefined {
    let oldest: QueueEntry<T> | undefined;
    for (const line of this.#lines) {
      if (line.levelno >= below) continue;
      const first = line.peek();
      if (first !== undefined && (oldest === undefined || first.sequence < oldest.sequence)) oldest = first;
    }
    return oldest;
  }

  /** The oldest entry of the lowest level below a given level, left where it is. */
  lowest(below: number): QueueEntry<T> | undefined {
    let lowest: Line<T> | undefined;
    for (const line of this.#lines)
      if (line.levelno < (lowest === undefined ? below : lowest.levelno)) lowest = line;
    return lowest?.peek();
  }

  /** Removes an entry that {@link oldest} or {@link lowest} returned. */
  remove({ levelno, bytes }: QueueEntry<T>): void {
    const line = this.#lineOf(levelno);
    if (line === undefined) return;
    line.shift();
    line.bytes -= bytes;
    if (line.length === 0) this.#lines.splice(this.#lines.indexOf(line), 1);
    this.#length -= 1;
    this.#bytes -= bytes;
  }

  /** Removes all. */
  clear(): void {
    this.#lines.length = 0;
    this.#length = 0;
    this.#bytes = 0;
  }

  /** How many entries there are below a level. */
  lengthBelow(levelno: number): number {
    let length = 0;
    for (const line of this.#lines) if (line.levelno < levelno) length += line.length;
    return length;
  }

  /** The bytes of the entries below a level. */
  bytesBelow(levelno: number): number {
    let bytes = 0;
    for (const line of this.#lines) if (line.levelno < levelno) bytes += line.bytes;
    return bytes;
  }

  #lineFor({ levelno, bytes }: QueueEntry<T>): Line<T> {
    let line = this.#lineOf(levelno);
    if (line === undefined) {
      line = new Line(levelno);
      this.#lines.push(line);
    }
    line.bytes += bytes;
    this.#length += 1;
    this.#bytes += bytes;
    return line;
  }

  /** A filter may have made a level into anything: `NaN` must be found again too. */
  #lineOf(levelno: number): Line<T> | undefined {
    for (const line of this.#lines) if (Object.is(line.levelno, levelno)) return line;
    return undefined;
  }
}
