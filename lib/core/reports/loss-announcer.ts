import { globalSlot } from '../../runtime/global-slot.js';
import { UNKNOWN_CALLER } from '../calls/caller.js';
import { WARNING } from '../levels.js';
import { isLogRecord, LogRecord } from '../records/log-record.js';
import { type KnownLogger, state } from '../state.js';
import type { CountedHandler, HandlerCounters } from './handler-counters.js';

/** The logger for reports about logging itself. */
const LOGGER = 'nestjs_logging';
/** How often losses are announced at most, and how soon after the first, in milliseconds. */
const PAUSE_MS = 10_000;
const SOON_MS = 1_000;

/** Checks for losses, and announces them. */
class LossAnnouncer {
  #timer: NodeJS.Timeout | undefined;
  #announcedAt = Number.NEGATIVE_INFINITY;

  /** Schedules a check for losses, unless one is scheduled. */
  look(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(SOON_MS, this.#announcedAt + PAUSE_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (announceLosses()) this.#announcedAt = performance.now();
    }, wait);
    this.#timer.unref();
  }
}

const announcer = globalSlot('loss-announcer.1', () => new LossAnnouncer());

/** Schedules a check for losses, which are then announced. Called for every error, so it costs next to nothing. */
export function lookForLosses(): void {
  announcer.look();
}

/**
 * Announces what handlers have lost since the last time: one WARNING of the logger `nestjs_logging` for each of them,
 * to every handler of that logger and of those above it that lost nothing itself.
 *
 * @returns Whether there was anything.
 */
export function announceLosses(): boolean {
  const lossy = state.recordCounters
    .ofHandlers()
    .map((counters) => ({ counters, lost: counters.takeLosses() }))
    .filter(({ lost }) => lost > 0);
  const lossyHandlers = new Set(lossy.map(({ counters }) => counters.handler));
  for (const { counters, lost } of lossy) announce(counters, lost, lossyHandlers);
  return lossy.length > 0;
}

function announce(
  counters: HandlerCounters,
  lost: number,
  avoided: ReadonlySet<CountedHandler | undefined>,
): void {
  const logger = findLogger();
  const { handler, counts } = counters;
  if (logger === undefined || handler === undefined || !isEnabled(logger)) return;
  const record = new LogRecord({
    name: LOGGER,
    levelno: WARNING,
    msg: '%d records lost by %s, %d in all',
    args: [lost, String(handler), counters.lost],
    extra: { handler: handler.name, lost, dropped_by: { ...counts?.droppedBy } },
    caller: UNKNOWN_CALLER,
  });
  const passed = passedBy(logger, record);
  if (passed === undefined) return;
  for (const other of handlersOf(logger)) {
    if (avoided.has(other) || WARNING < other.level) continue;
    try {
      other.handle(passed as never);
    } catch {
      // A user's `handle`: it fails for the application's records too, and that is reported.
    }
  }
}

// A user's methods and filters, called from a timer: what they throw would end the process. It is reported where they fail
// for the application's records.

function isEnabled(logger: KnownLogger): boolean {
  try {
    return logger.isEnabledFor(WARNING);
  } catch {
    return true;
  }
}

function passedBy(logger: KnownLogger, record: LogRecord): LogRecord | undefined {
  try {
    const answer = logger.filter(record as never);
    if (isLogRecord(answer)) return answer;
    return answer === true ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The logger if somebody configured it, else the root: a logger created here could be disabled by a configuration. */
function findLogger(): KnownLogger | undefined {
  const { manager } = state;
  return manager?.loggers().find(({ name }) => name === LOGGER) ?? manager?.root;
}

function handlersOf(logger: KnownLogger): CountedHandler[] {
  const handlers: CountedHandler[] = [];
  for (let at: KnownLogger | null = logger; at !== null; at = at.propagate ? at.parent : null)
    handlers.push(...at.handlers);
  return handlers;
}
