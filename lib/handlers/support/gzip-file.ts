import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGzip } from 'node:zlib';

/**
 * Writes a gzip of all that a file holds, and syncs it to the disk.
 *
 * @param source Open for reading.
 * @param target Open for writing and empty.
 * @returns How many bytes of `source` are in it. Call again with that number if the file has grown since: a gzip may
 * have several parts.
 */
export async function gzipFrom(source: FileHandle, start: number, target: FileHandle): Promise<number> {
  const input = readFrom(source, start);
  await pipeline(input, createGzip(), createWriteStream('', { fd: target.fd, autoClose: false }));
  await target.sync();
  return start + input.bytesRead;
}

/** Whether a gzip of one part is of this very file: by the length and the checksum in its last eight bytes. */
export async function isGzipOf(path: string, source: FileHandle): Promise<boolean> {
  const trailer = await readTrailer(path);
  const { size } = await source.stat();
  if (trailer === undefined || trailer.readUInt32LE(4) !== size % 2 ** 32) return false;
  let checksum = 0;
  const sum = new Writable({
    write(chunk: Buffer, _encoding, done) {
      checksum = crc32(chunk, checksum);
      done();
    },
  });
  await pipeline(readFrom(source, 0), sum);
  return trailer.readUInt32LE(0) === checksum;
}

/** By the number of the descriptor: a stream that has the handle itself keeps it from being closed. */
function readFrom(source: FileHandle, start: number): ReadStream {
  return createReadStream('', { fd: source.fd, start, autoClose: false });
}

async function readTrailer(path: string): Promise<Buffer | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < 18) return undefined;
    const trailer = Buffer.alloc(8);
    await file.read(trailer, 0, 8, size - 8);
    return trailer;
  } finally {
    await file.close();
  }
}
