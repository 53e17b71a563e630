import { Injectable } from '@nestjs/common';
import * as v from 'valibot';
import { getLoggingFaults } from '../core/fault-channel.js';
import { getLoggingStats } from '../core/logging-stats.js';
import { checkOptions } from '../core/options.js';
import { lazy } from '../internal/lazy.js';

const healthSchema = lazy(() =>
  v.strictObject({
    maxQueued: v.optional(v.pipe(v.number(), v.minValue(0)), 25_000),
    maxLost: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
    windowMs: v.optional(v.pipe(v.number(), v.minValue(0)), 60_000),
  }),
);

/** When logging counts as unwell. */
export interface LoggingHealthOptions {
  /** Records that may wait in memory, in all handlers together; default 25 000. */
  readonly maxQueued?: number | undefined;
  /** Records that may have been lost within `windowMs`; default 0. */
  readonly maxLost?: number | undefined;
  /** How long a loss counts, in milliseconds; default 60 000. */
  readonly windowMs?: number | undefined;
}

/** What `@nestjs/terminus` takes for the state of a part: its own `HealthIndicatorResult`. */
export type LoggingHealth<Key extends string> = Record<
  Key,
  {
    readonly status: 'up' | 'down';
    readonly queued: number;
    readonly spooled: number;
    readonly lost: number;
    readonly lastFault?: string;
  }
>;

/**
 * The state of logging for health checks of `@nestjs/terminus`: down while too many records wait, or after some were
 * lost. Needs nothing of that package, so it can be asked without it too.
 *
 * @example
 * \@HealthCheck()
 * check() { return this.health.check([() => this.logging.isHealthy('logging')]); }
 */
@Injectable()
export class LoggingHealthIndicator {
  /** Losses as they were found by those who asked, the oldest first; the first is the one to count from. */
  readonly #marks: { readonly at: number; readonly lost: number }[] = [
    { at: Number.NEGATIVE_INFINITY, lost: 0 },
  ];

  /**
   * The state now. A loss counts from when it is found: ask more often than every `windowMs`.
   *
   * @param key The name of the part in the answer.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
   */
  isHealthy<const Key extends string = 'logging'>(
    key: Key = 'logging' as Key,
    options: LoggingHealthOptions = {},
  ): LoggingHealth<Key> {
    const { maxQueued, maxLost, windowMs } = checkOptions('LoggingHealthIndicator', healthSchema(), options);
    const { queued, spooled, dropped, droppedBy } = getLoggingStats();
    // What could not be formatted, or was left out for good reason, tells nothing about the health of anything.
    const { error = 0, recursive = 0, declined = 0 } = droppedBy;
    const lost = this.#since(windowMs, dropped - error - recursive - declined);
    const fault = getLoggingFaults().at(-1);
    const status = queued <= maxQueued && lost <= maxLost ? 'up' : 'down';
    return {
      [key]: {
        ...{ status, queued, spooled, lost },
        ...(status === 'down' && fault !== undefined
          ? { lastFault: `${fault.source}: ${fault.message}` }
          : {}),
      },
    } as LoggingHealth<Key>;
  }

  /** Of all losses those that were found within the window. */
  #since(windowMs: number, lost: number): number {
    const now = performance.now();
    const marks = this.#marks;
    if (marks.at(-1)?.lost !== lost) marks.push({ at: now, lost });
    while (marks.length > MAX_MARKS || (marks[1]?.at ?? now) < now - windowMs) marks.shift();
    return lost - (marks[0]?.lost ?? 0);
  }
}

/** Changes that are remembered. */
const MAX_MARKS = 1_000;
