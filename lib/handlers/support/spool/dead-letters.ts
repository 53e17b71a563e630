import { statSync } from 'node:fs';
import { join } from 'node:path';
import { appendToFile } from './append-file.js';

/** A record that its receiver refused for good. */
export interface DeadLetter {
  /** `identity-id`, as the receiver was told. */
  readonly id: string;
  readonly levelno: number;
  /** What was to be sent. */
  readonly payload: Buffer;
  /** Why it was not taken. */
  readonly reason: string;
}

/** The file of records that were refused for good, `dead-letters.jsonl`: one JSON object a line, up to so many bytes. */
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
