import { globalSlot } from '../../runtime/global-slot.js';

/** An error inside logging. */
export interface LoggingFault {
  /** Milliseconds since the epoch when it was first seen. */
  readonly at: number;
  /** What failed, by its own description: `<FileHandler /var/log/app.log (NOTSET)>`. */
  readonly source: string;
  /** The class of the error. */
  readonly type: string;
  /** Its message, without control characters and secrets, cut after 1,000 characters. */
  readonly message: string;
  /** Its code, for example `'ENOSPC'`; `undefined` if it has none. */
  readonly code: string | undefined;
  /** The logger of the record that failed; `undefined` if the error belongs to no record. */
  readonly logger: string | undefined;
  /** How often it was seen. */
  readonly count: number;
  /** When it was last seen. */
  readonly lastAt: number;
}

/** Called with each error inside logging. */
export type LoggingFaultListener = (fault: LoggingFault) => void;

/** How many errors are remembered. */
const MAX_FAULTS = 100;

/** Remembers the last errors, and reports each to listeners. */
class FaultChannel {
  #faults: LoggingFault[] = [];
  readonly #listeners = new Set<LoggingFaultListener>();
  #isReporting = false;

  get faults(): readonly LoggingFault[] {
    return [...this.#faults];
  }

  listen(listener: LoggingFaultListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  announce(seen: SeenFault, repeats: boolean): boolean {
    const fault = this.#remember(seen);
    const isNew = fault.count === 1;
    if (isNew || repeats) this.#notifyAll(fault);
    return isNew;
  }

  #notifyAll(fault: LoggingFault): void {
    if (this.#isReporting || this.#listeners.size === 0) return;
    this.#isReporting = true;
    try {
      for (const listener of this.#listeners) notify(listener, fault);
    } finally {
      this.#isReporting = false;
    }
  }

  #remember(seen: SeenFault): LoggingFault {
    const before = this.#faults.find((fault) => isSame(fault, seen));
    const first = before?.at ?? seen.at;
    const fault = Object.freeze({ ...seen, at: first, count: (before?.count ?? 0) + 1, lastAt: seen.at });
    // A flood of one error must not displace the others.
    this.#faults = [...this.#faults.filter((other) => other !== before), fault].slice(-MAX_FAULTS);
    return fault;
  }
}

/** One occurrence of an error. */
export type SeenFault = Omit<LoggingFault, 'count' | 'lastAt'>;

const channel = globalSlot('fault-channel.1', () => new FaultChannel());

/**
 * The last 100 errors inside logging, the oldest first: what handlers, filters and formatters threw, and what
 * could not be written or sent. They never go through loggers.
 */
export function getLoggingFaults(): readonly LoggingFault[] {
  return channel.faults;
}

/**
 * Calls a function for each error inside logging, repeated ones included, whether or not errors are printed on standard
 * error. For log calls with arguments that do not fit it is called once for each place in the source. What it throws is
 * ignored; an error that occurs while it runs is remembered, not reported.
 *
 * @returns Removes the function.
 */
export function onLoggingFault(listener: LoggingFaultListener): () => void {
  return channel.listen(listener);
}

/**
 * Remembers an error and reports it to listeners. Never throws.
 *
 * @param repeats Whether listeners are called for an error that is already remembered.
 * @returns Whether it was not remembered yet.
 */
export function announceFault(seen: SeenFault, repeats = true): boolean {
  return channel.announce(seen, repeats);
}

function isSame(one: LoggingFault, other: SeenFault): boolean {
  return one.source === other.source && one.code === other.code && one.message === other.message;
}

function notify(listener: LoggingFaultListener, fault: LoggingFault): void {
  try {
    listener(fault);
  } catch {
    // Listeners must not fail logging.
  }
}
