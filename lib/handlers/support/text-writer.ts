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
  /** A text that was begun, whole. */
  #torn: Buffer | undefined;
  /** Bytes of it that got out. */
  #begun = 0;
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
    const kept = this.#isBehind ? this.#queue.stats.queuedBytes + (this.#torn?.length ?? 0) : 0;
    return this.#batch.bytes + kept;
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
   * Makes a text that was begun start over, because it will go elsewhere.
   *
   * @returns How many bytes of it got out, to be taken back; 0 if none was begun.
   */
  rewind(): number {
    const begun = this.#begun;
    this.#begun = 0;
    return begun;
  }

  /**
   * Writes what is held and lets go of what cannot be written.
   *
   * @returns The same as {@link rewind}.
   */
  end(): number {
    this.flush();
    if (this.#torn !== undefined) this.#dropped += 1;
    this.#torn = undefined;
    this.#dropped += this.#batch.length;
    this.#batch.clear();
    this.#queue.clear('closed');
    this.#rest();
    return this.rewind();
  }

  #collect(text: string, levelno: number): unknown {
    const batch = this.#batch;
    batch.add(text, levelno);
    if (batch.bytes >= this.#batching.bufferSize || levelno >= this.#batching.flushLevel)
      return this.flush(this.#isBehind ? 0 : PIPE_PATIENCE_MS);
    if (batch.length === 1) this.#hold(this.#batching.flushInterval);
    return undefined;
  }

  #put(text: string, levelno: number): unknown {
    const outcome = this.#write(text, PIPE_PATIENCE_MS);
    if (typeof outcome === 'number') {
      this.#delivered += 1;
      return undefined;
    }
    const bytes = Buffer.from(text, this.#destination.encoding);
    if (outcome.written > 0) this.#tear(bytes, outcome.written);
    else this.#keep(bytes, levelno);
    return this.#fail(outcome.error);
  }

  #putBatch(patienceMs: number): unknown {
    const batch = this.#batch;
    if (batch.length === 0) return undefined;
    if (this.#isBehind) {
      this.#keepLines(0);
      return undefined;
    }
    const outcome = this.#write(batch.text, patienceMs);
    if (typeof outcome === 'number') {
      this.#delivered += batch.length;
      batch.clear();
      this.#rest();
      return undefined;
    }
    this.#keepLines(outcome.written);
    return this.#fail(outcome.error);
  }

  /** Keeps the lines of the batch one by one, but for the bytes that got out. */
  #keepLines(written: number): void {
    let start = 0;
    for (const { text, levelno } of this.#batch.lines()) {
      const bytes = Buffer.from(text, this.#destination.encoding);
      const end = start + bytes.length;
      if (end <= written) this.#delivered += 1;
      else if (start < written) this.#tear(bytes, written - start);
      else this.#keep(bytes, levelno);
      start = end;
    }
    this.#batch.clear();
  }

  /** Writes what is kept, the oldest first, until there is none or it fails. */
  #catchUp(patienceMs: number): unknown {
    if (this.#torn !== undefined) {
      const outcome = this.#finishTorn(this.#torn, patienceMs);
      if (outcome !== undefined) return this.#fail(outcome.error);
    }
    for (let [entry] = this.#queue.take(); entry !== undefined; [entry] = this.#queue.take()) {
      const outcome = this.#write(entry.item, patienceMs);
      if (typeof outcome !== 'number' && outcome.written === 0) {
        this.#queue.putBack([entry]);
        return this.#fail(outcome.error);
      }
      this.#queue.deliver([entry]);
      if (typeof outcome !== 'number') {
        this.#tear(entry.item, outcome.written);
        return this.#fail(outcome.error);
      }
      this.#delivered += 1;
    }
    if (this.#batch.length === 0) this.#rest();
    return undefined;
  }

  /** @param data What to write; a function is asked once the destination is known. */
  #write(data: string | Buffer | (() => Buffer), patienceMs: number): number | UnfinishedWrite {
    let fd: number;
    try {
      fd = this.#destination.descriptor();
    } catch (error) {
      return { written: 0, error: error as NodeJS.ErrnoException };
    }
    const text = typeof data === 'function' ? data() : data;
    const outcome = writeFully(fd, text, this.#destination.encoding, patienceMs);
    this.bytesWritten += typeof outcome === 'number' ? outcome : outcome.written;
    return outcome;
  }

  #tear(bytes: Buffer, written: number): void {
    this.#torn = bytes;
    this.#begun = written;
  }

  #finishTorn(bytes: Buffer, patienceMs: number): UnfinishedWrite | undefined {
    // Asked first: what it opens may be another file, in which the text starts over.
    const outcome = this.#write(() => bytes.subarray(this.#begun), patienceMs);
    if (typeof outcome !== 'number') {
      this.#begun += outcome.written;
      return outcome;
    }
    this.#torn = undefined;
    this.#begun = 0;
    this.#delivered += 1;
    return undefined;
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
    this.#dropped += this.#batch.length + (this.#torn === undefined ? 0 : 1);
    this.#queue.clear('failed');
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
