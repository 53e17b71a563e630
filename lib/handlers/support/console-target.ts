import { descriptorOf } from '../../internal/std-streams.js';
import type { DeliveryStats } from './bounded-queue.js';
import { type Batching, type Destination, TextWriter } from './text-writer.js';

/**
 * A standard stream, written to without Node's stream in between: that would keep in memory what a slow reader
 * leaves, and lose it when the process ends.
 */
export class ConsoleTarget implements Destination {
  readonly encoding = 'utf8';
  readonly onFault: (error: unknown) => void;
  readonly #stream: NodeJS.WriteStream;
  readonly #writer: TextWriter;
  #fd = -1;
  /** Texts that went through a `write` somebody put on the stream. */
  #passedOn = 0;

  constructor(stream: NodeJS.WriteStream, batching: Batching, onFault: (error: unknown) => void) {
    this.#stream = stream;
    this.onFault = (error) => {
      if (!this.#isStandardError) onFault(error);
    };
    this.#writer = new TextWriter(this, batching);
  }

  get stats(): DeliveryStats {
    const { emitted, delivered, queued, dropped } = this.#writer.stats;
    return { emitted: emitted + this.#passedOn, delivered: delivered + this.#passedOn, queued, dropped };
  }

  /** @returns `undefined`, or the fault for which the text is kept instead. */
  write(text: string, levelno: number): unknown {
    const fd = descriptorOf(this.#stream);
    if (fd === undefined) return this.#passOn(text);
    this.#fd = fd;
    const fault = this.#writer.write(text, levelno);
    return this.#isStandardError ? undefined : fault;
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

  /** Nobody will read from that pipe any more. */
  lost(): boolean {
    return false;
  }

  /** Its faults cannot be reported there. */
  get #isStandardError(): boolean {
    return this.#fd === 2;
  }

  #passOn(text: string): undefined {
    this.#writer.flush();
    this.#stream.write(text);
    this.#passedOn += 1;
  }
}
