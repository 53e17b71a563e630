import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { nodeModule } from '../../../runtime/node-module.js';
import { O_NOFOLLOW } from '../../output/no-follow.js';

/** Bytes of a slot in use, and from one slot to the next: no single disk write touches both. */
const SLOT_BYTES = 28;
const SLOT_DISTANCE = 4_096;
const MARK = 'NLSPOOL1';

interface Slot {
  readonly generation: number;
  readonly frontier: number;
}

/**
 * How far a spool is delivered: every record up to the frontier is.
 *
 * Two slots are written in turn, each with a checksum, so that one is whole whatever happens to the other. Where
 * neither is, nothing counts as delivered.
 */
export class SpoolState {
  readonly #path: string;
  #fd: number;
  #last: Slot;

  /** @throws The system's error if the file cannot be opened. */
  constructor(path: string) {
    this.#path = path;
    this.#fd = openState(path);
    const slots = [readSlot(this.#fd, 0), readSlot(this.#fd, 1)].filter((slot) => slot !== undefined);
    this.#last = slots.sort((a, b) => b.generation - a.generation)[0] ?? { generation: 0, frontier: 0 };
  }

  /** The last record up to which all are delivered; 0 if unknown. */
  get frontier(): number {
    return this.#last.frontier;
  }

  /** Writes a frontier. @throws The system's error. */
  advance(frontier: number): void {
    const slot = { generation: this.#last.generation + 1, frontier };
    writeSync(this.#fd, encodeSlot(slot), 0, SLOT_BYTES, (slot.generation % 2) * SLOT_DISTANCE);
    this.#last = slot;
  }

  /** Makes the file again: it was removed. @throws The system's error. */
  renew(): void {
    const fd = openState(this.#path);
    closeSync(this.#fd);
    this.#fd = fd;
    this.advance(this.frontier);
  }

  /** Closes the file. @param isForced Whether to force it to the disk first. */
  close(isForced: boolean): void {
    try {
      if (isForced) fsyncSync(this.#fd);
    } finally {
      closeSync(this.#fd);
    }
  }
}

function openState(path: string): number {
  const { O_RDWR, O_CREAT } = constants;
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o640);
  reserve(fd);
  return fd;
}

/** Allocates both slots at once: on a full disk there might be no room for the second. */
function reserve(fd: number): void {
  try {
    if (fstatSync(fd).size === 0) writeSync(fd, Buffer.alloc(SLOT_DISTANCE + SLOT_BYTES), 0, undefined, 0);
  } catch {
    // The disk is full; records can still be delivered.
  }
}

function encodeSlot({ generation, frontier }: Slot): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.write(MARK, 'latin1');
  bytes.writeBigUInt64BE(BigInt(generation), 8);
  bytes.writeBigUInt64BE(BigInt(frontier), 16);
  bytes.writeUInt32BE(checksum(bytes), 24);
  return bytes;
}

function readSlot(fd: number, index: number): Slot | undefined {
  const bytes = Buffer.alloc(SLOT_BYTES);
  if (readSync(fd, bytes, 0, SLOT_BYTES, index * SLOT_DISTANCE) < SLOT_BYTES) return undefined;
  if (bytes.toString('latin1', 0, MARK.length) !== MARK || bytes.readUInt32BE(24) !== checksum(bytes))
    return undefined;
  return {
    generation: Number(bytes.readBigUInt64BE(8)),
    frontier: Number(bytes.readBigUInt64BE(16)),
  };
}

function checksum(bytes: Buffer): number {
  return nodeModule('node:zlib').crc32(bytes.subarray(0, 24));
}
