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
  /** How often it was seen in a row. */
  readonly count: number;
  /** When it was seen last. */
  readonly lastAt: number;
}

/** Told of each fault. */
export type LoggingFaultListener = (fault: LoggingFault) => void;

/** Faults that are remembered. */
const MAX_FAULTS = 100;

interface FaultChannel {
  faults: LoggingFault[];
  readonly listeners: Set<LoggingFaultListener>;
  isTelling: boolean;
}

const channel = globalSlot(
  'fault-channel.1',
  (): FaultChannel => ({ faults: [], listeners: new Set(), isTelling: false }),
);

/**
 * The last 100 faults inside of logging, the oldest first: what handlers, filters and formatters threw, and what
 * could not be written or sent. They never go through loggers.
 */
export function getLoggingFaults(): readonly LoggingFault[] {
  return [...channel.faults];
}

/**
 * Has a function told of each fault inside of logging, repeated ones included, whether or not faults are reported on
 * standard error. What it throws is ignored; a fault that comes up while it runs is remembered, not told.
 *
 * @returns Takes it back.
 */
export function onLoggingFault(listener: LoggingFaultListener): () => void {
  channel.listeners.add(listener);
  return () => {
    channel.listeners.delete(listener);
  };
}

/** Remembers a fault and tells whoever wants to know. Never throws. */
export function announceFault(seen: Omit<LoggingFault, 'count' | 'lastAt'>): void {
  const fault = remember(seen);
  if (channel.isTelling || channel.listeners.size === 0) return;
  channel.isTelling = true;
  try {
    for (const listener of channel.listeners) tell(listener, fault);
  } finally {
    channel.isTelling = false;
  }
}

function remember(seen: Omit<LoggingFault, 'count' | 'lastAt'>): LoggingFault {
  const { faults } = channel;
  const index = faults.findLastIndex((fault) => isSame(fault, seen));
  const before = faults[index];
  const fault = Object.freeze({ ...seen, at: before?.at ?? seen.at, count: (before?.count ?? 0) + 1, lastAt: seen.at });
  // A flood of one fault must not wash the others away.
  if (before !== undefined) faults.splice(index, 1);
  else if (faults.length >= MAX_FAULTS) faults.shift();
  faults.push(fault);
  return fault;
}

function isSame(one: LoggingFault, other: Omit<LoggingFault, 'count' | 'lastAt'>): boolean {
  return one.source === other.source && one.code === other.code && one.message === other.message;
}

function tell(listener: LoggingFaultListener, fault: LoggingFault): void {
  try {
    listener(fault);
  } catch {
    // It was told.
  }
}
