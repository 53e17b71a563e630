import { globalSlot } from '../internal/global-slot.js';

/** Something that went wrong inside of logging. */
export interface LoggingFault {
  /** Milliseconds since the epoch when it was seen first. */
  readonly at: number;
  /** What failed, in its own words: `<FileHandler /var/log/app.log (NOTSET)>`. */
  readonly source: string;
  /** The class of the error. */
  readonly type: string;
  /** Its message, without control characters and secrets, cut after 1,000 characters. */
  readonly message: string;
  /** Its code, for example `'ENOSPC'`; `undefined` if it has none. */
  readonly code: string | undefined;
  /** The logger of the record at fault; `undefined` if no record is to blame. */
  readonly logger: string | undefined;
  /** How often it was seen. */
  readonly count: number;
  /** When it was seen last. */
  readonly lastAt: number;
}

/** Told of each fault. */
export type LoggingFaultListener = (fault: LoggingFault) => void;

/** Faults that are remembered. */
const MAX_FAULTS = 100;

/** Remembers the last faults, and tells of each. */
class FaultChannel {
  #faults: LoggingFault[] = [];
  readonly #listeners = new Set<LoggingFaultListener>();
  #isTelling = false;

  get faults(): readonly LoggingFault[] {
    return [...this.#faults];
  }

  listen(listener: LoggingFaultListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  announce(seen: SeenFault): void {
    const fault = this.#remember(seen);
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    try {
      for (const listener of this.#listeners) tell(listener, fault);
    } finally {
      this.#isTelling = false;
    }
  }

  #remember(seen: SeenFault): LoggingFault {
    const before = this.#faults.find((fault) => isSame(fault, seen));
    const first = before?.at ?? seen.at;
    const fault = Object.freeze({ ...seen, at: first, count: (before?.count ?? 0) + 1, lastAt: seen.at });
    // A flood of one fault must not wash the others away.
    this.#faults = [...this.#faults.filter((other) => other !== before), fault].slice(-MAX_FAULTS);
    return fault;
  }
}

/** A fault as it is seen once. */
type SeenFault = Omit<LoggingFault, 'count' | 'lastAt'>;

const channel = globalSlot('fault-channel.1', () => new FaultChannel());

/**
 * The last 100 faults inside of logging, the oldest first: what handlers, filters and formatters threw, and what
 * could not be written or sent. They never go through loggers.
 */
export function getLoggingFaults(): readonly LoggingFault[] {
  return channel.faults;
}

/**
 * Has a function told of each fault inside of logging, repeated ones included, whether or not faults are reported on
 * standard error. What it throws is ignored; a fault that comes up while it runs is remembered, not told.
 *
 * @returns Takes it back.
 */
export function onLoggingFault(listener: LoggingFaultListener): () => void {
  return channel.listen(listener);
}

/** Remembers a fault and tells whoever wants to know. Never throws. */
export function announceFault(seen: SeenFault): void {
  channel.announce(seen);
}

function isSame(one: LoggingFault, other: SeenFault): boolean {
  return one.source === other.source && one.code === other.code && one.message === other.message;
}

function tell(listener: LoggingFaultListener, fault: LoggingFault): void {
  try {
    listener(fault);
  } catch {
    // It was told.
  }
}
