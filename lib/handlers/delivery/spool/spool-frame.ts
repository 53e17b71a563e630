import { nodeModule } from '../../../runtime/node-module.js';

/** The bytes of a frame before its payload: mark, length, id, level, place in its segment, checksum. */
export const HEADER_BYTES = 28;
/** The most bytes of a payload: a longer one is damage. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/** How a frame begins. The first byte does not occur in UTF-8, so text is rarely mistaken for it. */
const MARK = Buffer.from([0xf5, 0x4e, 0x4c, 0x01]);

/** Which record a frame holds, and its position. */
export interface FrameHead {
  /** Grows from record to record; never used twice with one seed. */
  readonly id: number;
  readonly levelno: number;
  /** Its place among the frames of the segment, from 0: a gap shows how many were lost. */
  readonly ordinal: number;
}

/** A frame that was read and is valid. */
export interface Frame extends FrameHead {
  readonly payload: Buffer;
  /** Where the next frame begins, in the bytes it was read from. */
  readonly end: number;
}

/**
 * The seed of a segment's checksums. It keeps a frame that a record contains, forged or copied, from being taken for
 * a real one.
 */
export function frameSeed(identity: string): number {
  return crc32(Buffer.from(identity), 0);
}

/** Bytes of a record in a segment. */
export function encodeFrame(payload: Buffer, { id, levelno, ordinal }: FrameHead, seed: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  MARK.copy(frame, 0);
  frame.writeUInt32BE(payload.length, 4);
  frame.writeUInt32BE(Math.floor(id / 0x1_0000_0000), 8);
  frame.writeUInt32BE(id >>> 0, 12);
  frame.writeInt32BE(clampLevel(levelno), 16);
  frame.writeUInt32BE(ordinal, 20);
  payload.copy(frame, HEADER_BYTES);
  frame.writeUInt32BE(checksum(frame, 0, frame.length, seed), 24);
  return frame;
}

/** The frame at a place, or why there is none: `'short'` if the bytes end before it does, `'bad'` if it is damaged. */
export function frameAt(bytes: Buffer, at: number, seed: number): Frame | 'short' | 'bad' {
  if (bytes.length - at < HEADER_BYTES) return isMarked(bytes, at) ? 'short' : 'bad';
  if (!isMarked(bytes, at)) return 'bad';
  const length = bytes.readUInt32BE(at + 4);
  if (length > MAX_PAYLOAD_BYTES) return 'bad';
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return 'short';
  if (checksum(bytes, at, end, seed) !== bytes.readUInt32BE(at + 24)) return 'bad';
  return {
    id: bytes.readUInt32BE(at + 8) * 0x1_0000_0000 + bytes.readUInt32BE(at + 12),
    levelno: bytes.readInt32BE(at + 16),
    ordinal: bytes.readUInt32BE(at + 20),
    payload: bytes.subarray(at + HEADER_BYTES, end),
    end,
  };
}

/** The length in the header of the frame at a place; 0 if unknown. */
export function claimedBytes(bytes: Buffer, at: number): number {
  if (bytes.length - at < HEADER_BYTES || !isMarked(bytes, at)) return 0;
  const length = bytes.readUInt32BE(at + 4);
  return length > MAX_PAYLOAD_BYTES ? 0 : HEADER_BYTES + length;
}

/** Where the next valid frame begins at or after a place; -1 if there is none. */
export function findFrame(
  bytes: Buffer,
  from: number,
  seed: number,
  fits: (head: FrameHead) => boolean,
): number {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    const frame = frameAt(bytes, at, seed);
    if (typeof frame === 'object' && fits(frame)) return at;
  }
  return -1;
}

/** Also a mark that is cut by the end of the file. */
function isMarked(bytes: Buffer, at: number): boolean {
  for (let index = 0; index < MARK.length && at + index < bytes.length; index++) {
    if (bytes[at + index] !== MARK[index]) return false;
  }
  return true;
}

/** The checksum of everything but the mark, which is checked by itself, and the checksum field. */
function checksum(bytes: Buffer, start: number, end: number, seed: number): number {
  return crc32(bytes.subarray(start + HEADER_BYTES, end), crc32(bytes.subarray(start + 4, start + 24), seed));
}

function clampLevel(levelno: number): number {
  return Math.max(-0x8000_0000, Math.min(0x7fff_ffff, Math.trunc(levelno) || 0));
}

/** Loaded when a spool is used: loading `node:zlib` takes time, and most programs have no spool. */
function crc32(bytes: Buffer, value: number): number {
  return nodeModule('node:zlib').crc32(bytes, value);
}
