import type { ServerResponse } from 'node:http';
import { entryText, type RecordQuery } from './record-query.js';
import type { RecordRing, RingEntry } from './record-ring.js';

/** How long records are gathered before they are sent together, in milliseconds. */
const GATHER_MS = 100;
/** Records that wait for a slow client; the oldest make room. */
const MAX_WAITING = 2_000;
/** Characters that wait for a slow client. */
const MAX_CHARACTERS = 4_194_304;
/** How often a comment is sent to keep the connection open, in milliseconds. */
const BEAT_MS = 15_000;
/** How long a stream lasts, in milliseconds. Then the client connects again, and guards are asked again. */
const LIFE_MS = 900_000;
/** How long a client may take nothing before it is given up, in milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Sends records as server-sent events: `records` with a list of them, and `dropped` with the number of those that a
 * client was too slow for. What waits for it is bounded; the application never waits.
 */
export class RecordStream {
  #waiting: RingEntry[] = [];
  #characters = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #blockedSince: number | undefined;
  readonly #beat: NodeJS.Timeout;
  readonly #life: NodeJS.Timeout;
  readonly #unlisten: () => void;

  constructor(
    private readonly response: ServerResponse,
    private readonly query: RecordQuery,
    ring: RecordRing,
    private readonly ended: () => void,
  ) {
    this.#unlisten = ring.listen((entry) => this.#take(entry));
    this.#beat = setInterval(() => this.#lookAfter(), BEAT_MS).unref();
    this.#life = setTimeout(() => this.end(), LIFE_MS).unref();
    response.on('close', () => this.end());
    response.on('error', () => this.end());
    response.on('drain', () => {
      this.#blockedSince = undefined;
      this.#send();
    });
    response.write(`retry: 2000\nevent: hello\ndata: {"seq":${ring.seq}}\n\n`);
  }

  /** Ends the stream. */
  end(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    clearTimeout(this.#life);
    this.#unlisten();
    this.#waiting = [];
    this.response.destroy();
    this.ended();
  }

  #take(entry: RingEntry): void {
    if (!this.query.matches(entry)) return;
    this.#waiting.push(entry);
    this.#characters += entry.json.length;
    while (
      this.#waiting.length > MAX_WAITING ||
      (this.#characters > MAX_CHARACTERS && this.#waiting.length > 1)
    ) {
      this.#characters -= (this.#waiting.shift() as RingEntry).json.length;
      this.#dropped += 1;
    }
    if (this.#blockedSince === undefined) this.#timer ??= setTimeout(() => this.#send(), GATHER_MS).unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0 && this.#dropped === 0) return;
    let text = '';
    if (this.#dropped > 0) text += `event: dropped\ndata: {"count":${this.#dropped}}\n\n`;
    if (this.#waiting.length > 0) {
      const list = this.#waiting.map(entryText).join(',');
      text += `id: ${this.#waiting.at(-1)?.seq}\nevent: records\ndata: [${list}]\n\n`;
    }
    this.#waiting = [];
    this.#characters = 0;
    this.#dropped = 0;
    if (!this.response.write(text)) this.#blockedSince = performance.now();
  }

  #lookAfter(): void {
    if (this.#blockedSince === undefined) this.response.write(': still here\n\n');
    else if (performance.now() - this.#blockedSince > PATIENCE_MS) this.end();
  }
}
