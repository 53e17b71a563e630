import { Injectable } from '@nestjs/common';
import * as v from 'valibot';
import { getLoggingFaults } from '../core/fault-channel.js';
import { getLoggingStats } from '../core/logging-stats.js';
import { checkOptions } from '../core/options.js';

const healthSchema = v.strictObject({
  maxQueued: v.optional(v.pipe(v.number(), v.minValue(0)), 25_000),
  maxLost: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  windowMs: v.optional(v.pipe(v.number(), v.minValue(0)), 60_000),
});

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
  /** Losses when somebody asked, the oldest first: what lies a window back is the mark to count from. */
  readonly #marks: { readonly at: number; readonly dropped: number }[] = [];

  /**
   * The state now. Losses are counted from the oldest question within the window on, or from the start of the process.
   *
   * @param key The name of the part in the answer.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
   */
  isHealthy<const Key extends string = 'logging'>(
    key: Key = 'logging' as Key,
    options: LoggingHealthOptions = {},
  ): LoggingHealth<Key> {
    const { maxQueued, maxLost, windowMs } = checkOptions('LoggingHealthIndicator', healthSchema, options);
    const { queued, spooled, dropped } = getLoggingStats();
    const lost = dropped - this.#mark(dropped, windowMs);
    const fault = getLoggingFaults().at(-1);
    const status = queued <= maxQueued && lost <= maxLost ? 'up' : 'down';
    return {
      [key]: {
        ...{ status, queued, spooled, lost },
        ...(status === 'down' && fault !== undefined ? { lastFault: `${fault.source}: ${fault.message}` } : {}),
      },
    } as LoggingHealth<Key>;
  }

  /** What had been lost when the window began, as far as that is known. */
  #mark(dropped: number, windowMs: number): number {
    const now = performance.now();
    const marks = this.#marks;
    // Of those before the window, the last is the mark.
    while (marks.length > 1 && (marks[1]?.at ?? 0) <= now - windowMs) marks.shift();
    const [first] = marks;
    if (marks.at(-1)?.dropped !== dropped || marks.length === 0) marks.push({ at: now, dropped });
    if (marks.length > MAX_MARKS) marks.splice(1, 1);
    if (first === undefined) return 0;
    return first.dropped;
  }
}

/** Changes that are remembered. */
const MAX_MARKS = 1_000;
