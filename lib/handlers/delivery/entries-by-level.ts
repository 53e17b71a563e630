import type { LogRecord } from '../../core/records/log-record.js';
import type { QueueEntry } from './delivery-queue.js';
import { Deque } from './deque.js';
import { PackedEntries, type Packing } from './packed-entries.js';

/** The entries of one level, the oldest first. The first ones are objects; further ones are packed, if there is a packing. */
class Line<T> {
  readonly levelno: number;
  bytes = 0;
  readonly #entries = new Deque<QueueEntry<T>>();
  readonly #packed: PackedEntries<T> | undefined;

  constructor(levelno: number, packing: Packing<T> | undefined) {
    this.levelno = levelno;
    this.#packed = packing && new PackedEntries(levelno, packing);
  }

  get length(): number {
    return this.#entries.length + (this.#packed?.length ?? 0);
  }

  peek(): QueueEntry<T> | undefined {
    return this.#entries.peek() ?? this.#packed?.peek();
  }

  push(item: T, bytes: number, sequence: number, logRecord: LogRecord | undefined): void {
    const packed = this.#packed;
    if (packed !== undefined && (packed.length > 0 || this.#entries.length >= packed.few))
      packed.push(item, bytes, sequence, logRecord);
    else this.#entries.push({ item, levelno: this.levelno, bytes, sequence, logRecord });
  }

  shift(): void {
    if (this.#entries.length > 0) this.#entries.shift();
    else this.#packed?.shift();
  }

  unshift(entry: QueueEntry<T>): void {
    this.#entries.unshift(entry);
  }

  /** Moves the oldest entries to others, as long as they are older than the oldest of other lines, and there is room. */
  moveTo(taken: Taken<T>, next: number): void {
    const { entries, maxRecords, maxBytes } = taken;
    let { bytes } = taken;
    while (entries.length < maxRecords) {
      const entry = this.peek();
      if (entry === undefined || entry.sequence > next) break;
      if (entries.length > 0 && bytes + entry.bytes > maxBytes) {
        taken.isFull = true;
        break;
      }
      this.shift();
      bytes += entry.bytes;
      entries.push(entry);
    }
    this.bytes -= bytes - taken.bytes;
    taken.bytes = bytes;
  }
}

/** Entries that are taken together. */
interface Taken<T> {
  readonly entries: QueueEntry<T>[];
  readonly maxRecords: number;
  readonly maxBytes: number;
  bytes: number;
  /** Whether the next one would be too many bytes. */
  isFull: boolean;
}

/** Waiting entries in one queue per level, so that neither the oldest nor the lowest needs a search. */
export class EntriesByLevel<T> {
  // Empty queues are removed, so every one here has entries. There are few, and the engine compiles loops over an array in
  // a fraction of the time that it takes for a map.
  readonly #lines: Line<T>[] = [];
  readonly #packing: Packing<T> | undefined;
  /** The line of the last entry: the next one mostly has the same level. */
  #last: Line<T> | undefined;
  #length = 0;
  #bytes = 0;

  /** @param packing How entries are kept where many wait; without it all stay as they are. */
  constructor(packing?: Packing<T>) {
    this.#packing = packing;
  }

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest entry of its level; its parts are those of {@link QueueEntry}. */
  push(item: T, levelno: number, bytes: number, sequence: number, logRecord?: LogRecord): void {
    const line = this.#last?.levelno === levelno ? this.#last : this.#lineFor(levelno);
    this.#last = line;
    this.#add(line, bytes);
    line.push(item, bytes, sequence, logRecord);
  }

  /** Puts an entry back that is the oldest of its level. */
  unshift(entry: QueueEntry<T>): void {
    const line = this.#lineFor(entry.levelno);
    this.#add(line, entry.bytes);
    line.unshift(entry);
  }

  /** The oldest entry below a level, left where it is; default of all levels. */
  oldest(below?: number): QueueEntry<T> | undefined {
    return this.#oldestLine((line) => below === undefined || !(line.levelno >= below))?.peek();
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
    if (line.length === 0) this.#forget(line);
    this.#length -= 1;
    this.#bytes -= bytes;
  }

  /** Removes the oldest entries, of all levels; the first one whatever its size. */
  take(maxRecords: number, maxBytes: number): QueueEntry<T>[] {
    const taken: Taken<T> = { entries: [], maxRecords, maxBytes, bytes: 0, isFull: false };
    const { entries } = taken;
    while (entries.length < maxRecords && !taken.isFull) {
      const line = this.#oldestLine(() => true);
      if (line === undefined) break;
      const next = this.#oldestLine((other) => other !== line);
      // Mostly there is one level, or a few records of others: so all of them leave together.
      line.moveTo(taken, next?.peek()?.sequence ?? Number.POSITIVE_INFINITY);
      if (line.length === 0) this.#forget(line);
    }
    this.#length -= entries.length;
    this.#bytes -= taken.bytes;
    return entries;
  }

  /** Removes all. */
  clear(): void {
    this.#lines.length = 0;
    this.#last = undefined;
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

  /** The line whose first entry is the oldest, of those wanted. */
  #oldestLine(isWanted: (line: Line<T>) => boolean): Line<T> | undefined {
    let oldest: Line<T> | undefined;
    let sequence = Number.POSITIVE_INFINITY;
    for (const line of this.#lines) {
      const first = isWanted(line) ? line.peek() : undefined;
      if (first === undefined || first.sequence > sequence) continue;
      oldest = line;
      sequence = first.sequence;
    }
    return oldest;
  }

  #forget(line: Line<T>): void {
    this.#lines.splice(this.#lines.indexOf(line), 1);
    this.#last = undefined;
  }

  #add(line: Line<T>, bytes: number): void {
    line.bytes += bytes;
    this.#length += 1;
    this.#bytes += bytes;
  }

  #lineFor(levelno: number): Line<T> {
    let line = this.#lineOf(levelno);
    if (line === undefined) {
      line = new Line(levelno, this.#packing);
      this.#lines.push(line);
    }
    return line;
  }

  /** A filter may have made a level into anything: `NaN` must be found again too. */
  #lineOf(levelno: number): Line<T> | undefined {
    for (const line of this.#lines) if (Object.is(line.levelno, levelno)) return line;
    return undefined;
  }
}
