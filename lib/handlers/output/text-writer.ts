import { type Drainable, registerForExit, unregisterForExit } from '../../core/exit-drain.js';
import { PIPE_PATIENCE_MS } from '../../runtime/std-streams.js';
import { type UnfinishedWrite, writeFully } from '../../runtime/write-fully.js';
import type { DeliveryStats } from '../delivery/delivery-queue.js';
import { type JointWriter, jointWrites } from './joint-writes.js';
import { KeptTexts } from './kept-texts.js';
import { LineBatch } from './line-batch.js';

/** The time from an error to the next attempt if no record comes, in milliseconds. */
const RETRY_MS = 250;
/** How long, in milliseconds, new records do not try again: a failed write costs ten times a good one. */
const PAUSE_MS = 5;
/** How often it is tried at the end of the process. */
const LAST_ATTEMPTS = 3;
/** The most bytes of several records that are written together, approximately. */
const MAX_JOINT_BYTES = 16_384;

/** How lines are buffered before they are written. */
export interface Batching {
  /** Bytes to buffer, approximately; 0 for none. */
  readonly bufferSize: number;
  /** Milliseconds after which they are written however few they are. */
  readonly flushIntervalMs: number;
  /** The level number from which a record is written at once. */
  readonly flushLevel: number;
}

/** Where a {@link TextWriter} writes. */
export interface Destination {
  /** The encoding of texts. */
  readonly encoding: BufferEncoding;
  /** The descriptor to write to, opened if needed. May throw: then texts are buffered, and it is called again later. */
  descriptor(): number;
  /** The descriptor is no longer usable. @returns Whether {@link Destination.descriptor} may return another. */
  lost(): boolean;
  /** Called with an error from a timer. */
  onError(error: unknown): void;
}

/** Errors after which the same descriptor never works again. */
const DEAD: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EBADF', 'ESTALE', 'ECONNRESET', 'ENXIO']);

/**
 * Writes texts to a descriptor and loses none of them: what cannot be written is buffered, in order and within bounds,
 * and tried again with later texts and every quarter of a second. No text is torn: a partly written one is finished
 * before anything else is written.
 */
export class TextWriter implements Drainable, JointWriter {
  /** Bytes written. */
  bytesWritten = 0;

  readonly #destination: Destination;
  readonly #batching: Batching;
  readonly #batch: LineBatch;
  /** What could not be written; made when something cannot. */
  #kept: KeptTexts | undefined;
  #accepted = 0;
  #delivered = 0;
  #dropped = 0;
  #isOver = false;
  /** Until then records make no attempt, by `performance.now()`. */
  #retryAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(destination: Destination, batching: Batching) {
    this.#destination = destination;
    this.#batching = batching;
    this.#batch = new LineBatch(destination.encoding);
  }

  /**
   * Writes one record's text.
   *
   * @returns `undefined`, or the error because of which it is kept.
   */
  write(text: string, levelno: number): unknown {
    this.#accepted += 1;
    if (this.#isOver) {
      this.#dropped += 1;
      return undefined;
    }
    if (this.#batching.bufferSize > 0) return this.#collect(text, levelno);
    if (jointWrites.depth > 0) return this.#join(text, levelno);
    if (this.#kept === undefined || this.#kept.length === 0) return this.#put(text, levelno);
    this.#kept.keep(Buffer.from(text, this.#destination.encoding), levelno);
    return performance.now() < this.#retryAt ? undefined : this.#catchUp(0);
  }

  /** Bytes that wait, whether batched or kept after an error. */
  get bytesHeld(): number {
    return this.#batch.bytes + (this.#kept?.bytes ?? 0);
  }

  /** What became of the records so far. */
  get stats(): DeliveryStats {
    return {
      emitted: this.#accepted,
      delivered: this.#delivered,
      queued: this.#batch.length + (this.#kept?.length ?? 0),
      dropped: this.#dropped + (this.#kept?.dropped ?? 0),
    };
  }

  /** Writes what is buffered. @returns `undefined`, or the error because of which some is still buffered. */
  flush(patienceMs: number = PIPE_PATIENCE_MS): unknown {
    if (this.#kept === undefined && this.#batch.length === 0) return undefined;
    const error = this.#catchUp(patienceMs);
    if (error === undefined) return this.#putBatch(patienceMs);
    // Only what is kept is bounded.
    this.#keepBatch(0);
    return error;
  }

  drainAtExit(): void {
    for (let attempt = 0; attempt < LAST_ATTEMPTS && this.flush() !== undefined; attempt++);
  }

  endJoint(): void {
    this.#flushUnasked(this.#patienceMs);
  }

  /** Bytes written of the partly written text; 0 if there is none. */
  get bytesBegun(): number {
    return this.#kept?.bytesBegun ?? 0;
  }

  /** Restarts a partly written text from its beginning, because it will go elsewhere. */
  rewind(): void {
    this.#kept?.rewind();
  }

  /** Writes what is buffered and drops what cannot be written. */
  end(): void {
    this.flush();
    this.#letGo('closed');
  }

  #collect(text: string, levelno: number): unknown {
    const batch = this.#batch;
    batch.add(text, levelno);
    if (batch.leastBytes >= this.#batching.bufferSize || levelno >= this.#batching.flushLevel)
      return this.flush(this.#patienceMs);
    if (batch.length === 1) this.#hold(this.#batching.flushIntervalMs);
    return undefined;
  }

  /** A reader that has fallen behind is not waited for again while a record is logged. */
  get #patienceMs(): number {
    return this.#kept === undefined || this.#kept.length === 0 ? PIPE_PATIENCE_MS : 0;
  }

  #join(text: string, levelno: number): unknown {
    const batch = this.#batch;
    batch.add(text, levelno);
    if (batch.leastBytes >= MAX_JOINT_BYTES) return this.flush(this.#patienceMs);
    if (batch.length === 1) {
      jointWrites.writers.add(this);
      registerForExit(this);
    }
    return undefined;
  }

  #put(text: string, levelno: number): unknown {
    const outcome = this.#write(text, PIPE_PATIENCE_MS);
    if (typeof outcome === 'number') {
      this.#delivered += 1;
      return undefined;
    }
    this.#keep(text, levelno, outcome.written);
    return this.#fail(outcome.error);
  }

  #putBatch(patienceMs: number): unknown {
    const batch = this.#batch;
    if (batch.length === 0) return undefined;
    const outcome = this.#write(() => batch.content, patienceMs);
    if (typeof outcome === 'number') {
      this.#delivered += batch.length;
      batch.clear();
      this.#rest();
      return undefined;
    }
    this.#keepBatch(outcome.written);
    return this.#fail(outcome.error);
  }

  /** Keeps the lines of the batch one by one, without the bytes already written. */
  #keepBatch(written: number): void {
    let left = written;
    for (const { text, levelno } of this.#batch.lines()) left -= this.#keep(text, levelno, left);
    this.#batch.clear();
  }

  /** Keeps a text without the bytes already written. @returns Its length in bytes. */
  #keep(text: string, levelno: number, written: number): number {
    this.#kept ??= new KeptTexts();
    const bytes = Buffer.from(text, this.#destination.encoding);
    if (written >= bytes.length) this.#delivered += 1;
    else if (written > 0) this.#kept.tear(bytes, written);
    else this.#kept.keep(bytes, levelno);
    return bytes.length;
  }

  /** Writes what is kept, the oldest first, until there is none or it fails. */
  #catchUp(patienceMs: number): unknown {
    const kept = this.#kept;
    if (kept === undefined || kept.length === 0) return undefined;
    while (kept.length > 0) {
      const outcome = this.#write(() => kept.chunk(), patienceMs);
      const isAll = typeof outcome === 'number';
      this.#delivered += kept.sent(isAll ? outcome : outcome.written);
      if (!isAll) return this.#fail(outcome.error);
    }
    if (this.#batch.length === 0) this.#rest();
    return undefined;
  }

  /**
   * @param data What to write; a function is called once the destination is known: another file makes a partly written
   * text start over.
   */
  #write(data: string | (() => Buffer), patienceMs: number): number | UnfinishedWrite {
    let fd: number;
    try {
      fd = this.#destination.descriptor();
    } catch (error) {
      return { written: 0, error: error as NodeJS.ErrnoException };
    }
    const content = typeof data === 'function' ? data() : data;
    const outcome = writeFully(fd, content, this.#destination.encoding, patienceMs);
    this.bytesWritten += typeof outcome === 'number' ? outcome : outcome.written;
    return outcome;
  }

  #fail(error: NodeJS.ErrnoException): unknown {
    if (DEAD.has(error.code) && !this.#destination.lost()) {
      // Nobody reads at the other end any more: from here on records are only counted.
      this.#isOver = true;
      this.#letGo('failed');
    } else {
      this.#retryAt = performance.now() + PAUSE_MS;
      this.#hold(RETRY_MS);
    }
    return error;
  }

  #letGo(reason: 'failed' | 'closed'): void {
    this.#dropped += (this.#kept?.clear(reason) ?? 0) + this.#batch.length;
    this.#batch.clear();
    this.#rest();
  }

  /** Makes sure that what is buffered is written later, at the latest when the process ends. */
  #hold(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flushUnasked(0);
    }, delayMs).unref();
    registerForExit(this);
  }

  #flushUnasked(patienceMs: number): void {
    const error = this.flush(patienceMs);
    if (error !== undefined) this.#destination.onError(error);
  }

  /** Nothing is buffered. */
  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    unregisterForExit(this);
  }
}
