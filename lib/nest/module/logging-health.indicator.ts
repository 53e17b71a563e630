import { Injectable } from '@nestjs/common';
import * as v from 'valibot';
import { checkOptions } from '../../core/options.js';
import { getLoggingErrors } from '../../core/reports/error-reports.js';
import { getLoggingStats } from '../../core/reports/logging-stats.js';
import { lazy } from '../../runtime/lazy.js';

const healthSchema = lazy(() =>
  v.strictObject({
    maxQueued: v.optional(v.pipe(v.number(), v.minValue(0)), 25_000),
    maxLost: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
    windowMs: v.optional(v.pipe(v.number(), v.minValue(0)), 60_000),
  }),
);

/** The limits beyond which logging counts as down. */
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
    readonly lastError?: string;
  }
>;

/**
 * The state of logging for health checks of `@nestjs/terminus`: down while too many records wait, or after some were
 * lost. Does not need that package, so it works without it too.
 *
 * @example
 * \@HealthCheck()
 * check() { return this.health.check([() => this.logging.isHealthy('logging')]); }
 */
@Injectable()
export class LoggingHealthIndicator {
  /** Losses found by earlier checks, by their window. */
  private readonly lossMarks = new Map<number, Mark[]>();

  /**
   * The state now. A loss counts from when it is found: check more often than every `windowMs`.
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
    // Records that could not be formatted, or were dropped deliberately, say nothing about health.
    const { error = 0, recursive = 0, declined = 0 } = droppedBy;
    const lost = this.lostSince(windowMs, dropped - error - recursive - declined);
    const last = getLoggingErrors().at(-1);
    const status = queued <= maxQueued && lost <= maxLost ? 'up' : 'down';
    return {
      [key]: {
        ...{ status, queued, spooled, lost },
        ...(status === 'down' && last !== undefined ? { lastError: `${last.source}: ${last.message}` } : {}),
      },
    } as LoggingHealth<Key>;
  }

  /** The losses that were found within the window. */
  private lostSince(windowMs: number, lost: number): number {
    const now = performance.now();
    const marks = this.lossMarksOf(windowMs);
    if (marks.at(-1)?.lost !== lost) marks.push({ at: now, lost });
    while (marks.length > MAX_MARKS || (marks[1]?.at ?? now) < now - windowMs) marks.shift();
    return lost - (marks[0]?.lost ?? 0);
  }

  /** A check with a short window forgets sooner than one with a long one, so each window has marks of its own. */
  private lossMarksOf(windowMs: number): Mark[] {
    const marks = this.lossMarks.get(windowMs) ?? [{ at: Number.NEGATIVE_INFINITY, lost: 0 }];
    // The windows used last stay: a caller may compute a new one each time.
    this.lossMarks.delete(windowMs);
    this.lossMarks.set(windowMs, marks);
    for (const oldest of this.lossMarks.keys()) {
      if (this.lossMarks.size <= MAX_WINDOWS) break;
      this.lossMarks.delete(oldest);
    }
    return marks;
  }
}

/** Losses found, oldest first; the first is the one to count from. */
interface Mark {
  readonly at: number;
  readonly lost: number;
}

/** Windows that are remembered. */
const MAX_WINDOWS = 100;

/** Changes that are remembered. */
const MAX_MARKS = 1_000;
