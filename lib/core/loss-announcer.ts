import { globalSlot } from '../internal/global-slot.js';
import type { Handler } from './handler.js';
import type { HandlerLedger } from './handler-ledger.js';
import { WARNING } from './levels.js';
import { LogRecord } from './log-record.js';
import type { Logger } from './logger.js';
import { state } from './state.js';

/** The logger of what logging has to say of itself. */
const LOGGER = 'nestjs_logging';
/** How often losses are announced at most, and how soon after the first, in milliseconds. */
const PAUSE_MS = 10_000;
const SOON_MS = 1_000;

/** Looks for losses, and tells of them. */
class LossAnnouncer {
  #timer: NodeJS.Timeout | undefined;
  #announcedAt = Number.NEGATIVE_INFINITY;

  /** Has losses looked for soon, unless that is under way. */
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

/** Has losses looked for soon, and announced if there are any. Called for every fault, so it costs next to nothing. */
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
  const lossy = state.books
    .ledgers()
    .map((ledger) => ({ ledger, lost: ledger.takeLosses() }))
    .filter(({ lost }) => lost > 0);
  const lossyHandlers = new Set(lossy.map(({ ledger }) => ledger.handler));
  for (const { ledger, lost } of lossy) tell(ledger, lost, lossyHandlers);
  return lossy.length > 0;
}

function tell(ledger: HandlerLedger, lost: number, avoided: ReadonlySet<Handler | undefined>): void {
  const logger = findLogger();
  const { handler, counts } = ledger;
  if (logger === undefined || handler === undefined || !logger.isEnabledFor(WARNING)) return;
  const record = new LogRecord({
    name: LOGGER,
    levelno: WARNING,
    msg: '%d records lost by %s, %d in all',
    args: [lost, String(handler), ledger.lost],
    extra: { handler: handler.name, lost, dropped_by: { ...counts?.droppedBy } },
    caller: { pathname: '(unknown file)', lineno: 0, funcName: '(unknown function)' },
  });
  const passed = logger.filter(record);
  if (passed === false) return;
  for (const other of handlersOf(logger)) {
    if (!avoided.has(other) && WARNING >= other.level) other.handle(passed);
  }
}

/** The logger if somebody configured it, else the root: one that was made here could be disabled by a configuration. */
function findLogger(): Logger | undefined {
  const { manager } = state;
  return manager?.loggers().find(({ name }) => name === LOGGER) ?? manager?.root;
}

function handlersOf(logger: Logger): Handler[] {
  const handlers: Handler[] = [];
  for (let at: Logger | null = logger; at !== null; at = at.propagate ? at.parent : null)
    handlers.push(...at.handlers);
  return handlers;
}
