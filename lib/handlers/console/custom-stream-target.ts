import type { DeliveryStats } from '../delivery/delivery-queue.js';
import type { TextStream, TextTarget } from '../output/text-target.js';

/** The most a Node stream may hold in memory before records for it are dropped, in bytes. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** The members of Node's streams that are used if a stream has them. */
interface NodeStreamParts {
  readonly writableLength?: number;
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  off?(event: 'error', listener: (error: unknown) => void): unknown;
}

type ErrorListener = (error: unknown) => void;

/** The handlers that get a stream's errors: it has one listener, however many handlers write to it. */
interface SharedListener {
  readonly listeners: Set<ErrorListener>;
  readonly listener: ErrorListener;
}

const shared = new WeakMap<object, SharedListener>();

/** A stream of the user's: an object with `write`, or one of Node's streams. */
export class CustomStreamTarget implements TextTarget {
  readonly #stream: TextStream & NodeStreamParts;
  readonly #onError: ErrorListener;
  #isListening = false;
  #emitted = 0;
  #dropped = 0;

  constructor(stream: TextStream, onError: ErrorListener) {
    this.#stream = stream;
    this.#onError = (error) => onError(error);
    this.#listen();
  }

  get stats(): DeliveryStats {
    return {
      emitted: this.#emitted,
      delivered: this.#emitted - this.#dropped,
      queued: 0,
      dropped: this.#dropped,
    };
  }

  write(text: string): unknown {
    const stream = this.#stream;
    this.#emitted += 1;
    try {
      if ((stream.writableLength ?? 0) > MAX_PENDING_BYTES) throw overflow();
      // A closed handler may still get records.
      this.#listen();
      this.#watch(stream.write(text));
      if (typeof stream.flush === 'function') this.#watch(stream.flush());
      return undefined;
    } catch (error) {
      this.#dropped += 1;
      return error;
    }
  }

  async flush(): Promise<void> {
    const stream = this.#stream;
    if (typeof stream.flush === 'function') await stream.flush();
    if (!stream.writableLength) return;
    // Node calls back once everything before is written, or failed.
    await new Promise<void>((resolve) => {
      (stream.write as (text: string, done: () => void) => unknown).call(stream, '', resolve);
    });
    // A failure is emitted after that.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The stream may emit an error until its buffer is written. */
  async detach(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#listenNoMore();
    }
  }

  /** An 'error' event without a listener would end the process. */
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const stream = this.#stream;
    const known = shared.get(stream);
    if (known !== undefined) {
      known.listeners.add(this.#onError);
      return;
    }
    if (typeof stream.on !== 'function') return;
    const listeners = new Set([this.#onError]);
    const listener = (error: unknown) => {
      for (const report of listeners) report(error);
    };
    shared.set(stream, { listeners, listener });
    stream.on('error', listener);
  }

  #listenNoMore(): void {
    this.#isListening = false;
    const stream = this.#stream;
    const known = shared.get(stream);
    known?.listeners.delete(this.#onError);
    if (known === undefined || known.listeners.size > 0) return;
    shared.delete(stream);
    stream.off?.('error', known.listener);
  }

  /** A promise without a handler would end the process when it rejects. */
  #watch(result: unknown): void {
    if (result instanceof Promise) result.catch(this.#onError);
  }
}

function overflow(): NodeJS.ErrnoException {
  const message = `the stream buffers more than ${MAX_PENDING_BYTES} bytes that nobody reads; the record is dropped`;
  return Object.assign(new Error(message), { code: 'ENOBUFS', syscall: 'write' });
}
