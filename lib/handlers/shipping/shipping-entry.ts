import type { QueueEntry } from '../delivery/delivery-queue.js';
import type { Packing } from '../delivery/packed-entries.js';
import type { SpoolEntry } from '../delivery/spool/spool-queue.js';

/** What a record may be encoded as: a text, bytes, or an object, which a spool keeps as JSON. */
export type Encoded = string | Buffer | object;

/** One record of a batch. */
export interface ShippingEntry<T extends Encoded = string> {
  /** What `encode` made of it. */
  readonly item: T;
  /**
   * An id that is unique in this handler, or its spool: `9f86d081884c-17`. A record that is
   * sent again has the id it had before, so a destination that gets it can drop duplicates. With a spool that is
   * true also after the process was killed.
   */
  readonly id: string;
  /** Level of the record. */
  readonly levelno: number;
  /** Its size, in bytes. */
  readonly bytes: number;
}

/** A queue's entry as a destination sees it; the id is made only when it is read. */
export class QueuedShipment<T extends Encoded> implements ShippingEntry<T> {
  readonly #entry: QueueEntry<T>;
  readonly #identity: string;

  constructor(entry: QueueEntry<T>, identity: string) {
    this.#entry = entry;
    this.#identity = identity;
  }

  get item(): T {
    return this.#entry.item;
  }

  get id(): string {
    const { record } = this.#entry as Partial<SpoolEntry<T>>;
    return record === undefined
      ? `${this.#identity}-${this.#entry.sequence}`
      : `${record.identity}-${record.id}`;
  }

  get levelno(): number {
    return this.#entry.levelno;
  }

  get bytes(): number {
    return this.#entry.bytes;
  }
}

/** What the results of `encode` are: texts, bytes in Buffers or in strings of Latin-1, objects. */
export type EntryKind = 'text' | 'bytes' | 'latin1' | 'json';

/** What `encode` has to give, by the kind of entries that a destination declares. */
export const KIND_NAMES: Readonly<Record<EntryKind, string>> = {
  ...{ text: 'a string', latin1: 'a string' },
  ...{ bytes: 'a Buffer', json: 'an object' },
};

/** Whether an entry is of the kind that is declared. */
export function isOfKind(item: unknown, kind: EntryKind): boolean {
  if (kind === 'bytes') return Buffer.isBuffer(item);
  if (kind === 'json') return typeof item === 'object' && item !== null && !Buffer.isBuffer(item);
  return typeof item === 'string';
}

/** The bytes of an entry. */
export function sizeOf(item: Encoded, kind: EntryKind): number {
  if (typeof item === 'string') return kind === 'latin1' ? item.length : Buffer.byteLength(item);
  return Buffer.isBuffer(item) ? item.length : Buffer.byteLength(JSON.stringify(item));
}

/** An entry as a spool keeps it. */
export function toPayload(item: Encoded, kind: EntryKind): Buffer {
  if (Buffer.isBuffer(item)) return item;
  if (typeof item !== 'string') return Buffer.from(JSON.stringify(item));
  return kind === 'latin1' ? Buffer.from(item, 'latin1') : Buffer.from(item);
}

/** More than the two largest batches, of which one is sent while the other is collected. */
const FEW_STRINGS = 10_240;
/** Fewer, since each of them may keep the 8 KiB alive that Node takes small Buffers from. */
const FEW_BUFFERS = 256;

/** How entries wait in memory, by their kind: as bytes, but for objects. */
export const packingOf: Readonly<Record<EntryKind, Packing<Encoded> | undefined>> = {
  text: {
    few: FEW_STRINGS,
    write: (item, slab, at) => slab.write(item as string, at),
    read: (slab, start, end) => slab.toString('utf8', start, end),
  },
  bytes: {
    few: FEW_BUFFERS,
    write: (item, slab, at) => (item as Buffer).copy(slab, at),
    read: (slab, start, end) => slab.subarray(start, end),
  },
  latin1: {
    few: FEW_STRINGS,
    write: (item, slab, at) => slab.write(item as string, at, 'latin1'),
    read: (slab, start, end) => slab.toString('latin1', start, end),
  },
  json: undefined,
};

/** How a destination's entries are read back from a spool, by what `encode` gives. */
export const fromPayload: Readonly<Record<EntryKind, (payload: Buffer) => Encoded>> = {
  text: (payload) => payload.toString(),
  bytes: (payload) => payload,
  latin1: (payload) => payload.toString('latin1'),
  json: (payload) => JSON.parse(payload.toString()) as object,
};
