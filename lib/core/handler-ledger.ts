import type { Handler } from './handler.js';

/** What a handler that keeps or sends records tells of them in its `stats`; what it leaves out, it has none of. */
export interface DeliveryCounts {
  /** Records that were given to its queue or writer. */
  readonly emitted?: number | undefined;
  /** Records that are out, as far as it can tell. */
  readonly delivered?: number | undefined;
  /** Records that wait in memory or are on their way. */
  readonly queued?: number | undefined;
  /** Records that wait in files. */
  readonly spooled?: number | undefined;
  /** Of `emitted`: records that an earlier process had left in files. */
  readonly recovered?: number | undefined;
  /** Records that are lost. */
  readonly dropped?: number | undefined;
  /** The same by reason. */
  readonly droppedBy?: Readonly<Record<string, number>> | undefined;
}

/**
 * What a handler did with the records it was handed; one for each handler that was ever made.
 *
 * Fields are private for a reason besides the usual one: Jest takes apart what is reachable from the global object when
 * a test file is done, and whoever sets a property of it then, for example by logging late, would fail.
 */
export class HandlerLedger {
  readonly #handler: WeakRef<Handler>;
  #emitted = 0;
  #filtered = 0;
  #failed = 0;
  #recursive = 0;
  #announced = 0;
  /** What it told last of its records; stands for the handler when that is gone. */
  #last: DeliveryCounts | undefined;

  constructor(handler: Handler) {
    this.#handler = new WeakRef(handler);
  }

  /** The handler, as long as somebody holds it. */
  get handler(): Handler | undefined {
    return this.#handler.deref();
  }

  /** A record was handed to it. */
  emit(): void {
    this.#emitted += 1;
  }

  /** Its filters kept the record back. */
  filter(): void {
    this.#filtered += 1;
  }

  /** The record could not be formatted or written. */
  fail(): void {
    this.#failed += 1;
  }

  /** The record came while it was at work on another. */
  recurse(): void {
    this.#recursive += 1;
  }

  /** Records handed to it. */
  get emitted(): number {
    return this.#emitted;
  }

  /** Records its filters kept back. */
  get filtered(): number {
    return this.#filtered;
  }

  /** Records that could not be formatted or written. */
  get failed(): number {
    return this.#failed;
  }

  /** Records that came while it was at work on another. */
  get recursive(): number {
    return this.#recursive;
  }

  /** What the handler tells of its records; `undefined` if it tells nothing. */
  get counts(): DeliveryCounts | undefined {
    const handler = this.handler;
    if (handler !== undefined) this.#last = readCounts(handler) ?? this.#last;
    return this.#last;
  }

  /** Records lost on their way, without those that were at fault themselves. */
  get lost(): number {
    return this.counts?.dropped ?? 0;
  }

  /** Losses nobody was told of yet; from now on they count as told. */
  takeLosses(): number {
    const { lost } = this;
    const untold = lost - this.#announced;
    this.#announced = lost;
    return untold;
  }
}

function readCounts(handler: Handler): DeliveryCounts | undefined {
  try {
    const { stats } = handler as { readonly stats?: unknown };
    return typeof stats === 'object' && stats !== null ? (stats as DeliveryCounts) : undefined;
  } catch {
    // A user's own, which may fail.
    return undefined;
  }
}
