import type { DeliveryStats } from './bounded-queue.js';
import type { TextStream, TextTarget } from './stream-target.js';

/** The most a Node stream may hold in memory before records for it are dropped, in bytes. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** The parts of Node's streams that are looked for on a stream. */
interface NodeStreamParts {
  readonly writableLength?: number;
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  off?(event: 'error', listener: (error: unknown) => void): unknown;
}

/** A stream of the user's: an object with `write`, or one of Node's streams. */
export class CustomStreamTarget implements TextTarget {
  readonly #stream: TextStream & NodeStreamParts;
  readonly #onFault: (error: unknown) => void;
  #emitted = 0;
  #dropped = 0;

  constructor(stream: TextStream, onFault: (error: unknown) => void) {
    this.#stream = stream;
    this.#onFault = onFault;
    // An 'error' event that nobody listens to would end the process.
    this.#stream.on?.('error', this.#onFault);
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
    // Node calls back once all before it is out, or failed.
    await new Promise<void>((resolve) => {
      (stream.write as (text: string, done: () => void) => unknown).call(stream, '', resolve);
    });
  }

  detach(): void {
    this.#stream.off?.('error', this.#onFault);
  }

  /** A promise nobody looks at would end the process when it fails. */
  #watch(result: unknown): void {
    if (result instanceof Promise) result.catch(this.#onFault);
  }
}

function overflow(): NodeJS.ErrnoException {
  const message = `the stream holds more than ${MAX_PENDING_BYTES} bytes that nobody took; the record is dropped`;
  return Object.assign(new Error(message), { code: 'ENOBUFS', syscall: 'write' });
}
