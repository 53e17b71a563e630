import type { ActiveConfig } from '../../config/apply/dict-configurator.js';
import { forgetOpen, Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import type { Logger } from '../../core/loggers/logger.js';
import type { Manager } from '../../core/loggers/manager.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportNotice } from '../../core/reports/diagnostics.js';
import type { DeliveryCounts } from '../../core/reports/handler-counters.js';
import { closeHandlers } from '../../core/shutdown.js';
import { MARKS } from '../internals/marks.js';

/** Removes the handlers that {@link countLateRecords} added to loggers. */
export type TakeBack = () => void;

/**
 * Closes the handlers of an application that has ended. Its configuration stays, so that later records still go to the
 * handlers that can write at once. For the others (over the network, in a worker, with injected services) see
 * {@link countLateRecords}.
 *
 * @returns Resolves when they are closed.
 */
export async function closeEnded(activeConfig: ActiveConfig): Promise<void> {
  await closeHandlers([...activeConfig.handlers.values()].filter((handler) => !staysOpen(handler)));
}

/** Replaces the handlers that are gone by ones that count later records as lost, and report that once. */
export function countLateRecords(manager: Manager, activeConfig: ActiveConfig): TakeBack {
  const gone = new Set([...activeConfig.handlers.values()].filter((handler) => !goesOn(handler)));
  const placed: { logger: Logger; handler: Handler }[] = [];
  for (const logger of [manager.root, ...manager.loggers()]) {
    for (const handler of [...logger.handlers]) {
      if (!gone.has(handler)) continue;
      const counter = new EndedHandler(handler);
      logger.removeHandler(handler);
      logger.addHandler(counter);
      placed.push({ logger, handler: counter });
    }
  }
  return () => {
    for (const { logger, handler } of placed) logger.removeHandler(handler);
  };
}

/** Whether a handler still writes what comes after the end. */
function goesOn(handler: Handler): boolean {
  // What the container made may use services that are gone.
  return handler.outlivesClose && !Reflect.hasMetadata(MARKS.injectable, handler.constructor);
}

/** Handlers that would lose something by closing, and have no resources to release. */
function staysOpen(handler: Handler): boolean {
  if (!goesOn(handler)) return false;
  // As in Python, a file of mode 'w' is not opened again; and a MemoryHandler has no target any more.
  const { mode, target } = handler as { mode?: unknown; target?: unknown };
  return target instanceof Handler || (typeof mode === 'string' && mode.startsWith('w'));
}

/** Replaces a closed handler: counts what would have gone there. */
class EndedHandler extends Handler {
  static readonly [LEAN] = true;
  readonly #was: string;
  #dropped = 0;

  constructor(was: Handler) {
    super({ level: was.level, filters: was.filters });
    this.#was = String(was);
    // Nothing is to be closed here.
    forgetOpen(this);
  }

  get stats(): DeliveryCounts {
    return { emitted: this.#dropped, dropped: this.#dropped, droppedBy: { closed: this.#dropped } };
  }

  emit(_record: LogRecord): void {
    this.#dropped += 1;
    if (this.#dropped > 1) return;
    reportNotice(
      `${this.#was} was closed with its application: what is logged to it from now on is lost, and counted by getLoggingStats()`,
    );
  }
}
