import { PIPE_PATIENCE_MS } from '../../internal/std-streams.js';
import { type UnfinishedWrite, writeFully } from '../../internal/write-fully.js';
import { BoundedQueue, type DeliveryStats } from './bounded-queue.js';
import { type Drainable, holdUntilExit, releaseFromExit } from './exit-drain.js';
import { LineBatch } from './line-batch.js';

/** How long after a fault the next attempt is made if no record comes along, in milliseconds. */
const RETRY_MS = 250;

/** How lines are collected before they are written. */
export interface Batching {
  /** Bytes to collect; 0 for none. */
  readonly bufferSize: number;
  /** Milliseconds after which they are written however few they are. */
  readonly flushInterval: number;
  /** Level number from which on a record is written at once. */
  readonly flushLevel: number;
}

/** Where a {@link TextWriter} writes. */
export interface Destination {
  /** How texts become bytes. */
  readonly encoding: BufferEncoding;
  /** The descriptor to write to, opened if need be. May throw: then texts are kept, and it is asked again. */
  descriptor(): number;
  /** The descriptor is of no use any more. @returns Whether {@link Destination.descriptor} may give another. */
  lost(error: NodeJS.ErrnoException): boolean;
  /** A fault nobody asked about: of a timer. */
  onFault(error: unknown): void;
}

/** Errors after which the same descriptor never works again. */
const DEAD = new Set(['EPIPE', 'EBADF', 'ESTALE', 'ECONNRESET', 'ENXIO']);

/**
 * Writes texts to a descriptor and loses none of them: what cannot be written is kept, in order and within bounds,
 * and tried again with the next text and every quarter of a second. No text is torn: one that was begun is finished
 * before anything else is written.
 */
export class TextWriter implements Drainable {
  /** Bytes that got out. */
  bytesWritten = 0;

  readonly #destination: Destination;
  readonly #batching: Batching;
  readonly #batch: LineBatch;
  readonly #queue = new BoundedQueue<Buffer>();
  /** The rest of a text that was begun. */
  #torn: Buffer | undefined;
  #accepted = 0;
  #delivered = 0;
  #dropped = 0;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(destination: Destination, batching: Batching) {
    this.#destination = destination;
    this.#batching = batching;
    this.#batch = new LineBatch(destination.encoding);
  }

  /**
   * Writes one record's text.
   *
   * @returns `undefined`, or the fault for which it is kept instead.
   */
  write(text: string, levelno: number): unknown {
    this.#accepted += 1;
    if (this.#isOver) {
      this.#dropped += 1;
      return undefined;
    }
    if (this.#batching.bufferSize > 0) return this.#collect(text, levelno);
    if (!this.#isBehind) return this.#put(text, levelno);
    this.#keep(Buffer.from(text, this.#destination.encoding), levelno);
    return this.#catchUp(0);
  }

  /** Bytes that wait, whether collected or kept after a fault. */
  get bytesHeld(): number {
    return this.#batch.bytes + this.#queue.stats.queuedBytes + (this.#torn?.length ?? 0);
  }

  /** True while something is kept after a fault. */
  get #isBehind(): boolean {
    return this.#torn !== undefined || this.#queue.length > 0;
  }

  /** What became of the records so far. */
  get stats(): DeliveryStats {
    return {
      emitted: this.#accepted,
      delivered: this.#delivered,
      queued: this.#batch.length + this.#queue.length + (this.#torn === undefined ? 0 : 1),
      dropped: this.#dropped + this.#queue.stats.dropped,
    };
  }

  /** Writes what is held. @returns `undefined`, or the fault for which some is still held. */
  flush(patienceMs: number = PIPE_PATIENCE_MS): unknown {
    const fault = this.#isBehind ? this.#catchUp(patienceMs) : undefined;
    return fault ?? this.#putBatch(patienceMs);
  }

  drainAtExit(): void {
    this.flush();
  }

  /**
   * Writes what is held and lets go of what cannot be written.
   *
   * @returns The bytes of a text that was begun and cannot be finished, to be taken back; 0 if there is none.
   */
  end(): number {
    this.flush();
    const begun = this.#torn === undefined ? 0 : this.#begun;
    if (this.#torn !== undefined) this.#dropped += 1;
    this.#torn = undefined;
    this.#queue.clear('closed');
    this.#rest();
    return begun;
  }

  /** Bytes of the torn text that got out. */
  #begun = 0;

  #collect(text: string, levelno: number): unknown {
    const batch = this.#batch;
    batch.add(text, levelno);
    if (batch.bytes >= this.#batching.bufferSize || levelno >= this.#batching.flushLevel) return this.flush(this.#isBehind ? 0 : PIPE_PATIENCE_MS);
    if (batch.length === 1) this.#hold(this.#batching.flushInterval);
    return undefined;
  }

  #put(text: string, levelno: number): unknown {
    const outcome = this.#write(text, PIPE_PATIENCE_MS);
    if (typeof outcome === 'number') {
      this.#delivered += 1;
      return undefined;
    }
    if (outcome.written > 0) this.#tear(outcome);
    else this.#keep(outcome.rest, levelno);
    return this.#fail(outcome.error);
  }

  #putBatch(patienceMs: number): unknown {
    const batch = this.#batch;
    if (batch.length === 0) return undefined;
    if (this.#isBehind) {
      this.#keepLines(0, undefined);
      return undefined;
    }
    const outcome = this.#write(batch.text, patienceMs);
    if (typeof outcome === 'number') {
      this.#delivered += batch.length;
      batch.clear();
      this.#rest();
      return undefined;
    }
    this.#keepLines(outcome.written, outcome);
    return this.#fail(outcome.error);
  }

  /** Keeps the lines of the batch one by one, but for the bytes that got out. */
  #keepLines(written: number, outcome: UnfinishedWrite | undefined): void {
    let start = 0;
    for (const { text, levelno } of this.#batch.lines()) {
      const bytes = Buffer.from(text, this.#destination.encoding);
      const end = start + bytes.length;
      if (end <= written) this.#delivered += 1;
      else if (start < written && outcome !== undefined) {
        this.#torn = bytes.subarray(written - start);
        this.#begun = written - start;
      } else this.#keep(bytes, levelno);
      start = end;
    }
    this.#batch.clear();
  }

  /** Writes what is kept, the oldest first, until there is none or it fails. */
  #catchUp(patienceMs: number): unknown {
    while (this.#torn !== undefined) {
      const outcome = this.#write(this.#torn, patienceMs);
      if (typeof outcome !== 'number') {
        this.#begun += outcome.written;
        this.#torn = outcome.rest;
        return this.#fail(outcome.error);
      }
      this.#torn = undefined;
      this.#delivered += 1;
    }
    for (let [entry] = this.#queue.take(); entry !== undefined; [entry] = this.#queue.take()) {
      const outcome = this.#write(entry.item, patienceMs);
      if (typeof outcome !== 'number' && outcome.written === 0) {
        this.#queue.putBack([entry]);
        return this.#fail(outcome.error);
      }
      this.#queue.deliver([entry]);
      if (typeof outcome !== 'number') {
        this.#tear(outcome);
        return this.#fail(outcome.error);
      }
      this.#delivered += 1;
    }
    if (this.#batch.length === 0) this.#rest();
    return undefined;
  }

  #write(data: string | Buffer, patienceMs: number): number | UnfinishedWrite {
    const { encoding } = this.#destination;
    let fd: number;
    try {
      fd = this.#destination.descriptor();
    } catch (error) {
      const rest = typeof data === 'string' ? Buffer.from(data, encoding) : data;
      return { written: 0, rest, error: error as NodeJS.ErrnoException };
    }
    const outcome = writeFully(fd, data, encoding, patienceMs);
    this.bytesWritten += typeof outcome === 'number' ? outcome : outcome.written;
    return outcome;
  }

  #tear(outcome: UnfinishedWrite): void {
    this.#torn = outcome.rest;
    this.#begun = outcome.written;
  }

  #keep(bytes: Buffer, levelno: number): void {
    this.#queue.push(bytes, levelno, bytes.length);
  }

  #fail(error: NodeJS.ErrnoException): unknown {
    if (DEAD.has(error.code ?? '') && !this.#destination.lost(error)) this.#giveUp();
    else this.#hold(RETRY_MS);
    return error;
  }

  /** Nothing will ever be read at the other end: from here on records are counted only. */
  #giveUp(): void {
    this.#isOver = true;
    this.#dropped += this.#queue.clear('failed') * 0 + (this.#torn === undefined ? 0 : 1) + this.#batch.length;
    this.#torn = undefined;
    this.#batch.clear();
    this.#rest();
  }

  /** Sees to it that what is held is written later, at the latest when the process ends. */
  #hold(delayMs: number): void {
    holdUntilExit(this);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const fault = this.flush(0);
      if (fault !== undefined) this.#destination.onFault(fault);
    }, delayMs);
    this.#timer.unref();
  }

  /** Nothing is held. */
  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    releaseFromExit(this);
  }
}
