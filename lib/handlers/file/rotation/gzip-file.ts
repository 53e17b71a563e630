import { read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
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
  await nodeModule('node:stream/promises').pipeline(rest, gzip, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) await target.writeFile(chunk);
  });
  await target.sync();
  return end;
}

/**
 * Whether a gzip, of one part or several, has the content of a file. Reads no further than to the first difference.
 *
 * @param gzip Open for reading.
 * @param source Open for reading.
 */
export async function isGzipOf(gzip: number, source: number): Promise<boolean> {
  const rest = chunksOf(source, 0);
  let expected: Buffer = Buffer.alloc(0);
  try {
    const { pipeline } = nodeModule('node:stream/promises');
    await pipeline(chunksOf(gzip, 0), nodeModule('node:zlib').createGunzip(), async (content) => {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        while (expected.length < chunk.length) {
          const { value, done } = await rest.next();
          if (done) throw new Different();
          expected = Buffer.concat([expected, value]);
        }
        if (!expected.subarray(0, chunk.length).equals(chunk)) throw new Different();
        expected = expected.subarray(chunk.length);
      }
    });
    return expected.length === 0 && (await rest.next()).done === true;
  } catch (error) {
    // It is no gzip, or ends within one.
    const isNoGzip = (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
    if (error instanceof Different || isNoGzip) return false;
    throw error;
  }
}

/** Ends a comparison. */
class Different extends Error {}

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
