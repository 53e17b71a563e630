import type { Handler } from './handler.js';
import { HandlerLedger } from './handler-ledger.js';
import { addTo, type CountSum, countsOf, noCounts, settled } from './record-counts.js';

/** Books that are opened before it is looked which are of no use any more. */
const SWEEP_EVERY = 64;

/** The books of all handlers, and of what never came to one. */
export class LoggingBooks {
  #ledgers: HandlerLedger[] = [];
  #filteredByLoggers = 0;
  readonly #retired = noCounts();

  /** Opens the books of a handler. */
  open(handler: Handler): HandlerLedger {
    if (this.#ledgers.length % SWEEP_EVERY === SWEEP_EVERY - 1) this.#sweep();
    const ledger = new HandlerLedger(handler);
    this.#ledgers.push(ledger);
    return ledger;
  }

  /** The filters of a logger kept a record back. */
  filterByLogger(): void {
    this.#filteredByLoggers += 1;
  }

  /** Records that the filters of loggers kept back. */
  get filteredByLoggers(): number {
    return this.#filteredByLoggers;
  }

  /** The books of the handlers that somebody still holds, in order of creation. */
  ledgers(): readonly HandlerLedger[] {
    this.#sweep();
    return this.#ledgers;
  }

  /** The sums of the handlers that are gone. */
  retired(): CountSum {
    this.#sweep();
    return { ...this.#retired, droppedBy: { ...this.#retired.droppedBy } };
  }

  /** Adds up the books of handlers that are gone, so that the list of them does not grow. */
  #sweep(): void {
    const gone = this.#ledgers.filter(({ handler }) => handler === undefined);
    if (gone.length === 0) return;
    for (const ledger of gone) addTo(this.#retired, settled(countsOf(ledger)));
    this.#ledgers = this.#ledgers.filter((ledger) => !gone.includes(ledger));
  }
}
