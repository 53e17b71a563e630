import type { Handler } from './handler.js';
import { state } from './state.js';

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

/** What a handler did with the records it was handed; one for each handler that was ever made. */
export class HandlerLedger {
  /** Records handed to it. */
  emitted = 0;
  /** Records its filters kept back. */
  filtered = 0;
  /** Records that could not be formatted or written. */
  failed = 0;
  /** Records that came while it was at work on another. */
  recursive = 0;
  /** Losses that were announced. */
  announced = 0;

  readonly #handler: WeakRef<Handler>;
  /** What it told last of its records; stands for the handler when that is gone. */
  #last: DeliveryCounts | undefined;

  constructor(handler: Handler) {
    this.#handler = new WeakRef(handler);
  }

  /** The handler, as long as somebody holds it. */
  get handler(): Handler | undefined {
    return this.#handler.deref();
  }

  /** What the handler tells of its records; `undefined` if it tells nothing. */
  get counts(): DeliveryCounts | undefined {
    const handler = this.handler;
    if (handler !== undefined) this.#last = readCounts(handler) ?? this.#last;
    return this.#last;
  }
}

/** Opens the books of a handler. */
export function openLedger(handler: Handler): HandlerLedger {
  const ledger = new HandlerLedger(handler);
  state.ledgers.push(ledger);
  return ledger;
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
