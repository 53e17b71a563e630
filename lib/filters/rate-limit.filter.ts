import * as v from 'valibot';
import { UNKNOWN_CALLER } from '../core/calls/caller.js';
import { COMPONENT, declareComponent } from '../core/component.js';
import type { FilterOwner } from '../core/filter-like.js';
import { isHandler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import { checkLevel } from '../core/levels.js';
import { levelSchema } from '../core/option-schemas.js';
import { checkOptions } from '../core/options.js';
import { handOver } from '../core/overrides.js';
import { originalOf } from '../core/records/copy-record.js';
import { LogRecord } from '../core/records/log-record.js';
import { str } from '../python/python-text.js';
import { brand } from '../runtime/brand.js';
import { cutText } from '../runtime/cut-text.js';
import { lazy } from '../runtime/lazy.js';
import { MAX_TIMER_MS } from '../runtime/limits.js';
import { type TokenBucket, TokenBuckets } from './support/token-buckets.js';

/** The keys of a {@link RateLimitFilter} in a configuration. */
export const rateLimitFilterSchema = lazy(() =>
  v.strictObject({
    rate: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0, 'expected 0 or more'),
        v.maxValue(Number.MAX_SAFE_INTEGER, 'expected a finite number'),
        v.description('Records of one kind per second, on average.'),
      ),
      10,
    ),
    burst: v.optional(
      v.pipe(
        v.number(),
        v.integer('expected an integer'),
        v.minValue(1, 'expected 1 or more'),
        v.description('Records of one kind that may come at once.'),
      ),
      20,
    ),
    per: v.optional(
      v.pipe(
        v.array(v.picklist(['logger', 'level', 'template'])),
        v.description('What defines a kind of records; an empty list: all records together.'),
      ),
      ['logger', 'level', 'template'],
    ),
    foldMs: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0, 'expected 0 or more'),
        v.description(
          'How long a message is suppressed that repeats the previous one of its kind; 0 lets repeats pass.',
        ),
      ),
      0,
    ),
    summaryMs: v.optional(
      v.pipe(
        v.number(),
        v.minValue(10, 'expected 10 or more'),
        v.maxValue(MAX_TIMER_MS),
        v.description('How long after the first suppressed record a summary is logged, in milliseconds.'),
      ),
      10_000,
    ),
    exemptLevel: v.optional(
      v.pipe(
        v.nullable(levelSchema()),
        v.description('Records of this level and above always pass; null for none.'),
      ),
      'ERROR',
    ),
    maxKeys: v.optional(
      v.pipe(
        v.number(),
        v.integer('expected an integer'),
        v.minValue(1, 'expected 1 or more'),
        v.description('How many kinds are remembered; the least recently seen is forgotten first.'),
      ),
      1_000,
    ),
  }),
);

/** Options of {@link RateLimitFilter}. */
export type RateLimitFilterOptions = v.InferInput<ReturnType<typeof rateLimitFilterSchema>>;

/** Characters of a template that identify its kind. */
const MAX_TEMPLATE = 256;
/** Characters of a message that are repeated in a summary. */
const MAX_MESSAGE = 1_024;

/**
 * Suppresses floods of equal records: of each kind (logger, level and message template) `rate` records per second pass,
 * and `burst` at once; with `foldMs`, a message that repeats the previous one of its kind passes once in that time.
 *
 * A record of the same logger and level reports how many were suppressed, with the count in its field `repeated`: `last
 * message repeated 41 times: …`, or `41 more messages like this were suppressed: …`. It comes after `summaryMs`, or
 * before the kind passes again, and goes through the logger or handler that has the filter. Suppressed records count as
 * filtered in `getLoggingStats()`.
 *
 * @example
 * { filters: { flood: { class: 'RateLimitFilter', rate: 5, burst: 50, foldMs: 1000 } } }
 */
export class RateLimitFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof rateLimitFilterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(RateLimitFilter, {
    name: 'RateLimitFilter',
    schema: rateLimitFilterSchema,
  });

  readonly #options: v.InferOutput<ReturnType<typeof rateLimitFilterSchema>>;
  readonly #exemptLevel: number;
  readonly #buckets: TokenBuckets;
  readonly #owners = new Set<FilterOwner>();
  readonly #summaries = new WeakSet<LogRecord>();
  /** If two handlers ask about one record, both get the same answer. */
  #asked: LogRecord | undefined;
  #answer = true;
  #withheld = 0;
  #timer: NodeJS.Timeout | undefined;
  #isReporting = false;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: RateLimitFilterOptions = {}) {
    const o = checkOptions(
      'RateLimitFilter',
      rateLimitFilterSchema(),
      options,
      new.target === RateLimitFilter,
    );
    this.#options = o;
    this.#exemptLevel = o.exemptLevel === null ? Number.POSITIVE_INFINITY : checkLevel(o.exemptLevel);
    this.#buckets = new TokenBuckets(o.rate, o.burst, o.maxKeys, (bucket) => this.#reportSoon(bucket));
  }

  /** Records suppressed so far. */
  get withheld(): number {
    return this.#withheld;
  }

  /** Whether a record passes. */
  filter(record: LogRecord): boolean {
    const original = originalOf(record);
    if (original === this.#asked) return this.#answer;
    const answer =
      record.levelno >= this.#exemptLevel || this.#summaries.has(original) || this.#decide(record);
    this.#asked = original;
    this.#answer = answer;
    return answer;
  }

  /** Remembers a logger or handler that gets the summaries. */
  attached(owner: FilterOwner): void {
    this.#owners.add(owner);
  }

  /** Forgets it. */
  detached(owner: FilterOwner): void {
    this.#owners.delete(owner);
  }

  /** Logs what was suppressed so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const bucket of this.#buckets.all()) this.#logSummary(bucket);
  }

  #decide(record: LogRecord): boolean {
    const { foldMs } = this.#options;
    const now = performance.now();
    const bucket = this.#buckets.get(this.#keyOf(record), now);
    const text = foldMs > 0 ? messageOf(record) : undefined;
    const isRepeat = text !== undefined && text === bucket.message && now - bucket.passedAt < foldMs;
    if (!isRepeat && bucket.take(now)) {
      if (bucket.withheld > 0) this.#reportSoon(bucket);
      bucket.message = text;
      bucket.passedAt = now;
      return true;
    }
    this.#withhold(bucket, record, isRepeat, text);
    return false;
  }

  #withhold(bucket: TokenBucket, record: LogRecord, isRepeat: boolean, text: string | undefined): void {
    this.#withheld += 1;
    if (bucket.withheld === 0) bucket.since = performance.now();
    bucket.withheld += 1;
    if (isRepeat) bucket.repeated += 1;
    const { name, levelno } = record;
    bucket.last = { name, levelno, text: text ?? templateOf(record), at: record.created };
    this.#timer ??= this.#wait(
      isRepeat ? Math.min(this.#options.foldMs, this.#options.summaryMs) : this.#options.summaryMs,
    );
  }

  #wait(delayMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.flush();
    }, delayMs);
    return timer.unref();
  }

  #keyOf(record: LogRecord): string {
    let key = '';
    for (const part of this.#options.per) {
      if (part === 'logger') key += record.name;
      else if (part === 'level') key += record.levelno;
      else key += templateOf(record).slice(0, MAX_TEMPLATE);
      key += '\0';
    }
    return key;
  }

  /** Logs the summary after the current record: a handler takes one at a time. */
  #reportSoon(bucket: TokenBucket): void {
    const summary = this.#take(bucket);
    if (summary !== undefined) queueMicrotask(() => this.#hand(summary));
  }

  #logSummary(bucket: TokenBucket): void {
    const summary = this.#take(bucket);
    if (summary !== undefined) this.#hand(summary);
  }

  /**
   * The record that reports what a bucket suppressed, and whose count is reset; `undefined` if it suppressed nothing.
   */
  #take(bucket: TokenBucket): LogRecord | undefined {
    const { withheld, repeated, last } = bucket;
    if (withheld === 0 || last === undefined) return undefined;
    bucket.withheld = 0;
    bucket.repeated = 0;
    bucket.last = undefined;
    const isAllRepeats = repeated === withheld;
    const summary = new LogRecord({
      name: last.name,
      levelno: last.levelno,
      msg: isAllRepeats ? REPEATED[withheld === 1 ? 0 : 1] : LEFT_OUT[withheld === 1 ? 0 : 1],
      args: [withheld, cutText(last.text, MAX_MESSAGE)],
      created: last.at,
      extra: { repeated: withheld },
      caller: UNKNOWN_CALLER,
    });
    this.#summaries.add(summary);
    return summary;
  }

  #hand(summary: LogRecord): void {
    if (this.#isReporting) return;
    this.#isReporting = true;
    try {
      for (const owner of this.#owners) {
        // Loggers see to the levels of their handlers.
        if (!isHandler(owner) || summary.levelno >= owner.level) handOver(owner, summary);
      }
    } finally {
      this.#isReporting = false;
    }
  }
}
brand(RateLimitFilter.prototype, 'filter');

/** Singular and plural. */
const REPEATED = ['last message repeated %d time: %s', 'last message repeated %d times: %s'] as const;
const LEFT_OUT = [
  '%d more message like this was suppressed: %s',
  '%d more messages like this were suppressed: %s',
] as const;

function templateOf({ msg }: LogRecord): string {
  if (typeof msg === 'string') return msg;
  return typeof msg === 'object' && msg !== null ? '[object]' : String(msg);
}

/** A message that does not fit its arguments is identified by its template. */
function messageOf(record: LogRecord): string {
  try {
    return record.getMessage();
  } catch {
    return str(record.msg);
  }
}
