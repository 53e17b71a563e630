import * as v from 'valibot';
import type { FilterOwner } from '../core/filter-like.js';
import { LEAN } from '../core/lean.js';
import { checkLevel } from '../core/levels.js';
import { LogRecord } from '../core/log-record.js';
import { checkOptions, levelSchema } from '../core/options.js';
import { brand } from '../internal/brand.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { str } from '../internal/python-text.js';
import { type TokenBucket, TokenBuckets } from './support/token-buckets.js';

/** The keys of a {@link RateLimitFilter} in a configuration. */
export const rateLimitFilterSchema = lazy(() =>
  v.strictObject({
    rate: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0, 'expected 0 or more'),
        v.description('Records of one kind a second, on average.'),
      ),
      10,
    ),
    burst: v.optional(
      v.pipe(
        v.number(),
        v.integer('expected a whole number'),
        v.minValue(1, 'expected 1 or more'),
        v.description('Records of one kind that may come at once.'),
      ),
      20,
    ),
    per: v.optional(
      v.pipe(
        v.array(v.picklist(['logger', 'level', 'template'])),
        v.description('What makes records of one kind; none of them: all records together.'),
      ),
      ['logger', 'level', 'template'],
    ),
    foldMs: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0, 'expected 0 or more'),
        v.description(
          'How long a message is kept back that repeats the one before of its kind; 0 lets repeats pass.',
        ),
      ),
      0,
    ),
    summaryMs: v.optional(
      v.pipe(
        v.number(),
        v.minValue(10, 'expected 10 or more'),
        v.description('How long after the first record kept back it is told how many were, in milliseconds.'),
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
        v.integer('expected a whole number'),
        v.minValue(1, 'expected 1 or more'),
        v.description('Kinds that are remembered; the one seen longest ago is forgotten first.'),
      ),
      1_000,
    ),
  }),
);

/** Options of {@link RateLimitFilter}. */
export type RateLimitFilterOptions = v.InferInput<ReturnType<typeof rateLimitFilterSchema>>;

/** Characters of a template that tell its kind. */
const MAX_TEMPLATE = 256;
/** Characters of a message that are repeated in a summary. */
const MAX_MESSAGE = 1_024;

/**
 * Keeps a flood of equal records back: of each kind (logger, level and message template) `rate` records a second pass,
 * and `burst` at once; with `foldMs`, a message that is the same as the one before of its kind passes once in that time.
 *
 * How many were kept back is told by a record of the same logger and level, with the count in its field `repeated`:
 * `last message repeated 41 times: …`, or `41 more messages like this were left out: …`. It comes after `summaryMs`, or
 * before if the kind passes again, and goes through what the filter stands on, a handler or a logger. Records that are
 * kept back count as filtered in `getLoggingStats()`.
 *
 * @example
 * { filters: { flood: { class: 'RateLimitFilter', rate: 5, burst: 50, foldMs: 1000 } } }
 */
export class RateLimitFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof rateLimitFilterSchema>;
  static {
    lazyProperty(RateLimitFilter, 'optionsSchema', rateLimitFilterSchema);
  }

  readonly #options: v.InferOutput<ReturnType<typeof rateLimitFilterSchema>>;
  readonly #exemptLevel: number;
  readonly #buckets: TokenBuckets;
  readonly #owners = new Set<FilterOwner>();
  readonly #summaries = new WeakSet<LogRecord>();
  /** Asked twice about one record, by two handlers, it answers the same. */
  #asked: LogRecord | undefined;
  #answer = true;
  #withheld = 0;
  #timer: NodeJS.Timeout | undefined;
  #isTelling = false;

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
    this.#buckets = new TokenBuckets(o.rate, o.burst, o.maxKeys, (bucket) => this.#tellSoon(bucket));
  }

  /** Records kept back so far. */
  get withheld(): number {
    return this.#withheld;
  }

  /** Whether a record passes. */
  filter(record: LogRecord): boolean {
    if (record === this.#asked) return this.#answer;
    const answer = record.levelno >= this.#exemptLevel || this.#summaries.has(record) || this.#decide(record);
    this.#asked = record;
    this.#answer = answer;
    return answer;
  }

  /** Remembers a logger or handler that is to be told what was kept back. */
  attached(owner: FilterOwner): void {
    this.#owners.add(owner);
  }

  /** Forgets it. */
  detached(owner: FilterOwner): void {
    this.#owners.delete(owner);
  }

  /** Tells what was kept back so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const bucket of this.#buckets.all()) this.#tell(bucket);
  }

  #decide(record: LogRecord): boolean {
    const { foldMs } = this.#options;
    const now = performance.now();
    const bucket = this.#buckets.get(this.#keyOf(record), now);
    const text = foldMs > 0 ? messageOf(record) : undefined;
    const isRepeat = text !== undefined && text === bucket.message && now - bucket.passedAt < foldMs;
    if (!isRepeat && bucket.take(now)) {
      if (bucket.withheld > 0) this.#tellSoon(bucket);
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

  /** Tells it once the record that is being handled is through: a handler takes one at a time. */
  #tellSoon(bucket: TokenBucket): void {
    const told = this.#take(bucket);
    if (told !== undefined) queueMicrotask(() => this.#hand(told));
  }

  #tell(bucket: TokenBucket): void {
    const told = this.#take(bucket);
    if (told !== undefined) this.#hand(told);
  }

  /** The record that tells what a bucket kept back, whose count starts over; `undefined` if that was nothing. */
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
      args: [withheld, last.text.slice(0, MAX_MESSAGE)],
      created: last.at,
      extra: { repeated: withheld },
      caller: { pathname: '(unknown file)', lineno: 0, funcName: '(unknown function)' },
    });
    this.#summaries.add(summary);
    return summary;
  }

  #hand(summary: LogRecord): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (const owner of this.#owners) owner.handle(summary);
    } finally {
      this.#isTelling = false;
    }
  }
}
brand(RateLimitFilter.prototype, 'filter');

/** One and many. */
const REPEATED = ['last message repeated %d time: %s', 'last message repeated %d times: %s'] as const;
const LEFT_OUT = [
  '%d more message like this was left out: %s',
  '%d more messages like this were left out: %s',
] as const;

function templateOf({ msg }: LogRecord): string {
  if (typeof msg === 'string') return msg;
  return typeof msg === 'object' && msg !== null ? '[object]' : String(msg);
}

/** A message that does not fit its arguments is told apart by its template. */
function messageOf(record: LogRecord): string {
  try {
    return record.getMessage();
  } catch {
    return str(record.msg);
  }
}
