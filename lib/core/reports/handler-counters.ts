/** A handler, as far as its counters know it. */
export interface CountedHandler {
  readonly name: string | null;
  readonly level: number;
  handle(record: never): unknown;
  flush(): void | Promise<void>;
  close(): void | Promise<void>;
  toString(): string;
}

/** The `stats` of a handler that buffers or sends records; a missing count is 0. */
export interface DeliveryCounts {
  /** Records that were given to its queue or writer. */
  readonly emitted?: number | undefined;
  /** Records delivered, as far as it knows. */
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
 * What a handler did with its records; one for each handler that was ever made.
 *
 * Fields are private for a reason besides the usual one: Jest takes apart what is reachable from the global object when
 * a test file is done, and code that sets a property of it then, for example by logging late, would fail.
 */
export class HandlerCounters {
  readonly #handler: WeakRef<CountedHandler>;
  #emitted = 0;
  #filtered = 0;
  #failed = 0;
  #recursive = 0;
  #announced = 0;
  /** Its last `stats`; used when the handler is gone. */
  #last: DeliveryCounts | undefined;

  constructor(handler: CountedHandler) {
    this.#handler = new WeakRef(handler);
  }

  /** The handler, as long as it is referenced. */
  get handler(): CountedHandler | undefined {
    return this.#handler.deref();
  }

  /** It received a record. */
  emit(): void {
    this.#emitted += 1;
  }

  /** Its filters suppressed the record. */
  filter(): void {
    this.#filtered += 1;
  }

  /** The record could not be formatted or written. */
  fail(): void {
    this.#failed += 1;
  }

  /** The record came while it was emitting another. */
  recurse(): void {
    this.#recursive += 1;
  }

  /** Records it received. */
  get emitted(): number {
    return this.#emitted;
  }

  /** Records its filters suppressed. */
  get filtered(): number {
    return this.#filtered;
  }

  /** Records that could not be formatted or written. */
  get failed(): number {
    return this.#failed;
  }

  /** Records that came while it was emitting another. */
  get recursive(): number {
    return this.#recursive;
  }

  /** The handler's `stats`; `undefined` if it has none. */
  get counts(): DeliveryCounts | undefined {
    const handler = this.handler;
    if (handler !== undefined) this.#last = readCounts(handler) ?? this.#last;
    return this.#last;
  }

  /** Records lost on their way, without those that failed themselves. */
  get lost(): number {
    return this.counts?.dropped ?? 0;
  }

  /** Losses not announced yet; from now on they count as announced. */
  takeLosses(): number {
    const { lost } = this;
    const unreported = lost - this.#announced;
    this.#announced = lost;
    return unreported;
  }
}

function readCounts(handler: CountedHandler): DeliveryCounts | undefined {
  try {
    const { stats } = handler as { readonly stats?: unknown };
    return typeof stats === 'object' && stats !== null ? (stats as DeliveryCounts) : undefined;
  } catch {
    // A user's getter, which may fail.
    return undefined;
  }
}
