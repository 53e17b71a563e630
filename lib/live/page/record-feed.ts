import { addressOf, ask, type Entry } from './api.js';
import { kindOf } from './text.js';

/** Records that are shown at most; what is older is still in the ring of the server. */
export const MAX_ROWS = 500;
/** How often what came is shown, in milliseconds. */
const SHOW_MS = 250;
/** After which time a stream that the browser has given up is asked for again, in milliseconds. */
const RETRY_MS = 3_000;
/** Seconds of the histogram. */
export const SECONDS = 90;

/** Records of one second, by kind of level. */
export interface Second {
  readonly second: number;
  debug: number;
  info: number;
  warning: number;
  error: number;
}

/** Which records are requested. */
export interface Wanted {
  readonly level: string;
  readonly logger: string;
  readonly text: string;
  /** `name=value`, several separated by blanks; a value with blanks is in double quotes. */
  readonly fields: string;
}

/** The state of a feed. */
export interface FeedState {
  /** The newest first, at most `MAX_ROWS`. */
  readonly rows: readonly Entry[];
  readonly seconds: ReadonlyMap<number, Second>;
  readonly isConnected: boolean;
  /** Records that came while it was paused. */
  readonly waiting: number;
  /** Records that the server left out because this browser was too slow. */
  readonly dropped: number;
  readonly error: string;
}

/** The query of what is wanted. */
function queryOf({ level, logger, text, fields }: Wanted): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ level, logger, text }))
    if (value !== '') query.set(name, value);
  for (const [, name, quoted, plain] of fields.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S*))/g))
    query.append('field', `${name}=${quoted ?? plain ?? ''}`);
  return query;
}

/**
 * Records as they arrive. Only the newest `MAX_ROWS` are kept, and they are shown four times a second.
 *
 * The stream begins before the records of the past are requested, so that none is missed in between; what comes twice
 * is known by its number.
 */
export class RecordFeed {
  #rows: Entry[] = [];
  #buffered: Entry[] = [];
  #arrived: Entry[] = [];
  #seconds = new Map<number, Second>();
  #last = 0;
  #waiting = 0;
  #dropped = 0;
  #isPaused = false;
  #isConnected = false;
  #error = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #source: EventSource;

  constructor(
    private readonly wanted: Wanted,
    private readonly show: (state: FeedState) => void,
  ) {
    this.#source = this.#connect();
  }

  #connect(): EventSource {
    const source = new EventSource(addressOf(`stream?${queryOf(this.wanted)}`));
    source.addEventListener('hello', ({ data }: MessageEvent<string>) =>
      this.#begin((JSON.parse(data) as { seq: number }).seq),
    );
    source.addEventListener('records', ({ data }: MessageEvent<string>) => this.#take(JSON.parse(data)));
    source.addEventListener('dropped', ({ data }: MessageEvent<string>) => {
      this.#dropped += (JSON.parse(data) as { count: number }).count;
    });
    source.addEventListener('error', () => {
      this.#isConnected = false;
      this.#later();
      // Browsers connect again after a cut, but not after an answer such as a proxy gives while its server starts anew.
      if (source.readyState === EventSource.CLOSED)
        this.#retry = setTimeout(() => {
          this.#source = this.#connect();
        }, RETRY_MS);
    });
    return source;
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) {
      this.#rows = this.#buffered;
      this.#waiting = 0;
    }
    this.#later();
  }

  clear(): void {
    this.#rows = [];
    this.#buffered = [];
    this.#arrived = [];
    this.#waiting = 0;
    this.#seconds.clear();
    this.#later();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    this.#source.close();
  }

  /**
   * After each connection: what was before it, or came while there was none.
   *
   * @param seq Number of the last record there.
   */
  async #begin(seq: number): Promise<void> {
    this.#isConnected = true;
    // Another process answers than before, such as an older replica: its records have other numbers.
    if (seq < this.#last) {
      this.#buffered = [];
      this.#last = 0;
    }
    const query = queryOf(this.wanted);
    query.set('limit', String(MAX_ROWS));
    if (this.#last > 0) query.set('after', String(this.#last));
    try {
      this.#error = '';
      this.#take(await ask<Entry[]>(`records?${query}`));
    } catch (error) {
      this.#error = (error as Error).message;
    }
    this.#later();
  }

  #take(entries: readonly Entry[]): void {
    this.#arrived.push(...entries);
    // A hidden page is given few turns: what waits for one is bounded as well.
    if (this.#arrived.length > 2 * MAX_ROWS) this.#arrange();
    this.#later();
  }

  #later(): void {
    if (!this.#isClosed) this.#timer ??= setTimeout(() => this.#notify(), SHOW_MS);
  }

  #notify(): void {
    this.#timer = undefined;
    this.#arrange();
    if (!this.#isPaused) this.#rows = this.#buffered;
    this.show({
      rows: this.#rows,
      seconds: this.#seconds,
      isConnected: this.#isConnected,
      waiting: this.#waiting,
      dropped: this.#dropped,
      error: this.#error,
    });
  }

  #arrange(): void {
    if (this.#arrived.length === 0) return;
    const known = new Set(this.#buffered.map(({ seq }) => seq));
    const oldest = this.#buffered.length < MAX_ROWS ? 0 : (this.#buffered.at(-1)?.seq ?? 0);
    const added = this.#arrived.filter(({ seq }) => seq > oldest && !known.has(seq) && known.add(seq));
    this.#arrived = [];
    for (const { time, levelno } of added) this.#count(Math.floor(time / 1_000), kindOf(levelno));
    this.#forget();
    if (this.#isPaused) this.#waiting += added.length;
    this.#buffered = [...added, ...this.#buffered]
      .sort((one, other) => other.seq - one.seq)
      .slice(0, MAX_ROWS);
    this.#last = Math.max(this.#last, this.#buffered[0]?.seq ?? 0);
  }

  #count(second: number, kind: 'debug' | 'info' | 'warning' | 'error'): void {
    const counts = this.#seconds.get(second) ?? { second, debug: 0, info: 0, warning: 0, error: 0 };
    this.#seconds.set(second, counts);
    counts[kind] += 1;
  }

  #forget(): void {
    const newest = Math.max(...this.#seconds.keys());
    for (const second of this.#seconds.keys()) if (second <= newest - SECONDS) this.#seconds.delete(second);
  }
}
