import { createReadStream, createWriteStream, fstatSync, type ReadStream, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { nodeModule } from '../../internal/node-module.js';

/**
 * Adds a gzip of what a file holds from `start` on to another, and syncs that to the disk.
 *
 * @param source Open for reading.
 * @param target Open for writing.
 * @returns How many bytes of `source` are in `target` then. Call again with that number if the file has grown since: a
 * gzip may have several parts.
 */
export async function gzipFrom(source: number, start: number, target: FileHandle): Promise<number> {
  const input = readFrom(source, start);
  // By its number: a stream that has the handle itself keeps it from being closed.
  await pipeline(
    input,
    nodeModule('node:zlib').createGzip(),
    createWriteStream('', { fd: target.fd, autoClose: false }),
  );
  await target.sync();
  return start + input.bytesRead;
}

/** Whether a gzip is of this very file: by the length and the checksum at its end. One of several parts is not known. */
export async function isGzipOf(gzip: number, source: number): Promise<boolean> {
  const [checksum, length] = readTrailer(gzip);
  if (length !== fstatSync(source).size % 2 ** 32) return false;
  const { crc32 } = nodeModule('node:zlib');
  let sum = 0;
  const summing = new Writable({
    write(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done();
    },
  });
  await pipeline(readFrom(source, 0), summing);
  return sum === checksum;
}

function readFrom(source: number, start: number): ReadStream {
  return createReadStream('', { fd: source, start, autoClose: false });
}

function readTrailer(gzip: number): [checksum: number | undefined, length: number | undefined] {
  const { size } = fstatSync(gzip);
  const trailer = Buffer.alloc(8);
  if (size < 18 || readSync(gzip, trailer, 0, 8, size - 8) < 8) return [undefined, undefined];
  return [trailer.readUInt32LE(0), trailer.readUInt32LE(4)];
}
