// Imported, because the global one is a getter, which would run for each line.
import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';

/** A write that could not be finished. */
export interface UnfinishedWrite {
  /** Bytes that did get out. */
  readonly written: number;
  /** The system's error. */
  readonly error: NodeJS.ErrnoException;
}

/** A cell that is never woken: waiting on it is the only way to sleep synchronously. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Waits synchronously. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}

/**
 * Writes a whole string or buffer to a descriptor: continues after short writes and interruptions, and waits for a
 * full pipe.
 *
 * @param encoding The encoding of a string.
 * @param patienceMs How long to wait for a reader that does not read; restarts with each byte it takes.
 * @returns The number of bytes, or how far it got if it cannot be finished now.
 */
export function writeFully(
  fd: number,
  data: string | Buffer,
  encoding: BufferEncoding,
  patienceMs: number,
): number | UnfinishedWrite {
  try {
    if (typeof data === 'string' && encoding === 'utf8') return writeUtf8(fd, data, patienceMs);
    const length = typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.length;
    const written = typeof data === 'string' ? writeSync(fd, data, null, encoding) : writeSync(fd, data);
    if (written >= length) return written;
    return finish(fd, toBuffer(data, encoding), written, patienceMs);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EINTR') return finish(fd, toBuffer(data, encoding), 0, patienceMs);
    return { written: 0, error: error as NodeJS.ErrnoException };
  }
}

/** Long enough for a cheaper encoding to be worth parsing its name at each call. */
const LONG = 1_024;

/** UTF-8 is not named: the engine has a fast call for it, and Node then need not parse the name. */
function writeUtf8(fd: number, text: string, patienceMs: number): number | UnfinishedWrite {
  const length = Buffer.byteLength(text);
  // Of ASCII both make the same bytes, one of them without looking at each character.
  const isLongAscii = length > LONG && text.length === length;
  const written = isLongAscii ? writeSync(fd, text, null, 'latin1') : writeSync(fd, text);
  return written >= length ? written : finish(fd, Buffer.from(text), written, patienceMs);
}

function finish(fd: number, data: Buffer, start: number, patienceMs: number): number | UnfinishedWrite {
  let written = start;
  let deadline = Date.now() + patienceMs;
  while (written < data.length) {
    try {
      written += writeSync(fd, data, written);
      deadline = Date.now() + patienceMs;
    } catch (error) {
      const systemError = error as NodeJS.ErrnoException;
      if (systemError.code === 'EINTR') continue;
      if (systemError.code !== 'EAGAIN' || Date.now() >= deadline) {
        return { written, error: systemError };
      }
      sleepSync(1);
    }
  }
  return written;
}

function toBuffer(data: string | Buffer, encoding: BufferEncoding): Buffer {
  return typeof data === 'string' ? Buffer.from(data, encoding) : data;
}
