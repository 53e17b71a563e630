import type { ServerResponse } from 'node:http';
import type { RecordQuery } from './record-query.js';
import type { RecordRing } from './record-ring.js';
import { RecordStream } from './record-stream.js';

/** The open streams of an application. */
export class RecordStreams {
  readonly #open = new Set<RecordStream>();
  #isClosed = false;

  /** @param most How many there may be at a time. */
  constructor(readonly most: number) {}

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether the application is closing. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends the records that match, until the client goes or the application closes. */
  open(response: ServerResponse, query: RecordQuery, ring: RecordRing): void {
    const stream: RecordStream = new RecordStream(response, query, ring, () => this.#open.delete(stream));
    this.#open.add(stream);
  }

  /** Ends all streams; no other one is to begin. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#open) stream.end();
  }
}
