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

const slot = globalSlot('loss-announcer.1', () => ({
  timer: undefined as NodeJS.Timeout | undefined,
  announcedAt: Number.NEGATIVE_INFINITY,
}));

/** Has losses looked for soon, and announced if there are any. Called for every fault, so it costs next to nothing. */
export function lookForLosses(): void {
  if (slot.timer !== undefined) return;
  const wait = Math.max(SOON_MS, slot.announcedAt + PAUSE_MS - performance.now());
  slot.timer = setTimeout(() => {
    slot.timer = undefined;
    announceLosses();
  }, wait);
  slot.timer.unref();
}

/**
 * Announces what handlers have lost since the last time: one WARNING of the logger `nestjs_logging` for each of them,
 * to every handler of that logger and of those above it that lost nothing itself.
 */
export function announceLosses(): void {
  const lossy = state.ledgers.filter((ledger) => lostBy(ledger) > ledger.announced);
  if (lossy.length === 0) return;
  slot.announcedAt = performance.now();
  const lossyHandlers = new Set(lossy.map(({ handler }) => handler));
  for (const ledger of lossy) {
    const lost = lostBy(ledger);
    tell(ledger, lost - ledger.announced, lost, lossyHandlers);
    ledger.announced = lost;
  }
}

/** Records that were lost on their way; those at fault themselves have been reported one by one. */
function lostBy(ledger: HandlerLedger): number {
  return ledger.counts?.dropped ?? 0;
}

function tell(ledger: HandlerLedger, lost: number, total: number, avoided: ReadonlySet<Handler | undefined>): void {
  const logger = findLogger();
  const { handler, counts } = ledger;
  if (logger === undefined || handler === undefined || !logger.isEnabledFor(WARNING)) return;
  const record = new LogRecord({
    name: LOGGER,
    levelno: WARNING,
    msg: '%d records lost by %s, %d in all',
    args: [lost, String(handler), total],
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
  for (let at: Logger | null = logger; at !== null; at = at.propagate ? at.parent : null) handlers.push(...at.handlers);
  return handlers;
}
