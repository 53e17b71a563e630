import { closeSync, constants, fstatSync, ftruncateSync, openSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeFully } from '../../../runtime/write-fully.js';
import { O_NOFOLLOW } from '../../output/no-follow.js';

/** A record that its receiver refused for good. */
export interface DeadLetter {
  /** `identity-id`, as sent to the receiver. */
  readonly id: string;
  readonly levelno: number;
  /** What was sent. */
  readonly payload: Buffer;
  /** Why it was not taken. */
  readonly reason: string;
}

/**
 * The file of records that were refused for good, `dead-letters.jsonl`: one JSON object per line, up to a bound in
 * bytes.
 */
export class DeadLetters {
  readonly #path: string;
  readonly #maxBytes: number;
  #bytes: number | undefined;

  constructor(directory: string, maxBytes: number) {
    this.#path = join(directory, 'dead-letters.jsonl');
    this.#maxBytes = maxBytes;
  }

  /** Adds a record. @returns Whether there was room. @throws The system's error. */
  add({ id, levelno, payload, reason }: DeadLetter): boolean {
    const text = payload.toString();
    const isText = Buffer.from(text).equals(payload);
    const body = isText ? { record: text } : { recordBase64: payload.toString('base64') };
    const line = `${JSON.stringify({ time: new Date().toISOString(), id, levelno, reason, ...body })}\n`;
    const bytes = Buffer.byteLength(line);
    this.#bytes ??= statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (this.#bytes + bytes > this.#maxBytes) return false;
    appendToFile(this.#path, line);
    this.#bytes += bytes;
    return true;
  }
}

/** The most bytes of damaged frames that are kept. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Keeps the damaged part of a segment in a file beside it, `NAME.bad`, for inspection. */
export class Quarantine {
  readonly #directory: string;
  #bytes: number;

  constructor(directory: string) {
    this.#directory = directory;
    this.#bytes = readdirSync(directory)
      .filter((name) => name.endsWith('.bad'))
      .reduce(
        (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
  }

  /** Copies bytes of a segment, unless there are too many already. @throws The system's error. */
  keep(segmentPath: string, bytes: Buffer): void {
    if (this.#bytes + bytes.length > MAX_BYTES) return;
    this.#bytes += bytes.length;
    const file = join(this.#directory, `${basename(segmentPath, '.spool')}.bad`);
    appendToFile(file, bytes);
  }
}

const { O_WRONLY, O_APPEND, O_CREAT } = constants;

/**
 * Appends to a file, and makes it if it is not there; follows no link.
 *
 * @throws The system's error; then nothing is appended.
 */
function appendToFile(path: string, data: string | Buffer): void {
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o640);
  try {
    const { size } = fstatSync(fd);
    const result = writeFully(fd, data, 'utf8', 0);
    if (typeof result === 'number') return;
    // Half a line would spoil the next one too.
    if (result.written > 0) ftruncateSync(fd, size);
    throw result.error;
  } finally {
    closeSync(fd);
  }
}
