import { descriptorOf } from '../../runtime/std-streams.js';
import type { DeliveryStats } from '../delivery/delivery-queue.js';
import { type Batching, type Destination, TextWriter } from '../output/text-writer.js';

/**
 * A standard stream, written to directly, not through Node's stream: that would keep in memory what a slow reader
 * leaves, and lose it when the process ends.
 */
export class ConsoleTarget implements Destination {
  readonly encoding = 'utf8';
  readonly onError: (error: unknown) => void;
  readonly #stream: NodeJS.WriteStream;
  readonly #writer: TextWriter;
  #fd = -1;
  /** Counts what went through a replaced `write` of the stream. */
  #passedOn = 0;
  /** Whether a replaced `write` is running. */
  #isPassing = false;
  /** A replaced `write` that logs what it is given: its records come back here, so it is bypassed. */
  #loggingWrite: unknown;

  constructor(stream: NodeJS.WriteStream, batching: Batching, onError: (error: unknown) => void) {
    this.#stream = stream;
    this.onError = (error) => {
      if (!this.#isStandardError) onError(error);
    };
    this.#writer = new TextWriter(this, batching);
  }

  get stats(): DeliveryStats {
    const { emitted, delivered, queued, dropped } = this.#writer.stats;
    return { emitted: emitted + this.#passedOn, delivered: delivered + this.#passedOn, queued, dropped };
  }

  /** @returns `undefined`, or the error because of which the text is kept. */
  write(text: string, levelno: number): unknown {
    const fd = this.#loggingWrite === this.#stream.write ? fdOf(this.#stream) : descriptorOf(this.#stream);
    if (fd === undefined) return this.#passOn(text, levelno);
    this.#fd = fd;
    const error = this.#writer.write(text, levelno);
    return this.#isStandardError ? undefined : error;
  }

  flush(): void {
    this.#writer.flush();
  }

  detach(): void {
    this.#writer.flush();
  }

  descriptor(): number {
    return this.#fd;
  }

  /** Nobody will read from that pipe again. */
  lost(): boolean {
    return false;
  }

  /** Its errors cannot be reported there. */
  get #isStandardError(): boolean {
    return this.#fd === 2;
  }

  /** A record came back from the replaced `write`. */
  noteRecursion(): void {
    if (this.#isPassing) this.#loggingWrite = this.#stream.write;
  }

  #passOn(text: string, levelno: number): unknown {
    this.#writer.flush();
    this.#isPassing = true;
    try {
      this.#stream.write(text);
    } finally {
      this.#isPassing = false;
    }
    if (this.#loggingWrite === this.#stream.write && fdOf(this.#stream) !== undefined)
      return this.write(text, levelno);
    this.#passedOn += 1;
    return undefined;
  }
}

function fdOf(stream: object): number | undefined {
  const { fd } = stream as { fd?: unknown };
  return typeof fd === 'number' ? fd : undefined;
}
