import { fstatSync, read, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { nodeModule } from '../../../runtime/node-module.js';

const CHUNK_BYTES = 64 * 1024;

/**
 * Appends a gzip of a file's content from `start` on to another file, and syncs that to the disk.
 *
 * @param source Open for reading.
 * @param target Open for writing.
 * @returns How many bytes of `source` are then in `target`. Call again with that number if the file has grown since: a
 * gzip may have several parts.
 */
export async function gzipFrom(source: number, start: number, target: FileHandle): Promise<number> {
  let end = start;
  async function* rest(): AsyncGenerator<Buffer> {
    for await (const chunk of chunksOf(source, start)) {
      end += chunk.length;
      yield chunk;
    }
  }
  const gzip = nodeModule('node:zlib').createGzip();
  await pipeline(rest, gzip, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) await target.writeFile(chunk);
  });
  await target.sync();
  return end;
}

/**
 * Whether a gzip is of this very file: by the length and the checksum at its end. A gzip of several parts is not
 * recognised.
 */
export async function isGzipOf(gzip: number, source: number): Promise<boolean> {
  const [checksum, length] = readTrailer(gzip);
  if (length !== fstatSync(source).size % 2 ** 32) return false;
  const { crc32 } = nodeModule('node:zlib');
  let sum = 0;
  for await (const chunk of chunksOf(source, 0)) sum = crc32(chunk, sum);
  return sum === checksum;
}

/** The content of a file. (A Node stream would close the descriptor when another part of a pipeline fails.) */
async function* chunksOf(fd: number, start: number): AsyncGenerator<Buffer> {
  for (let position = start; ; ) {
    const { bytesRead, buffer } = await promisify(read)(
      fd,
      Buffer.allocUnsafe(CHUNK_BYTES),
      0,
      CHUNK_BYTES,
      position,
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function readTrailer(gzip: number): [checksum: number | undefined, length: number | undefined] {
  const { size } = fstatSync(gzip);
  const trailer = Buffer.alloc(8);
  if (size < 18 || readSync(gzip, trailer, 0, 8, size - 8) < 8) return [undefined, undefined];
  return [trailer.readUInt32LE(0), trailer.readUInt32LE(4)];
}
