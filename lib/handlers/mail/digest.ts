import * as v from 'valibot';
import { cutToBytes } from '../../runtime/cut-text.js';
import { lazy } from '../../runtime/lazy.js';
import { MAX_TEXT, MAX_TIMER_MS } from '../../runtime/limits.js';
import type { Turn } from '../delivery/delivery-loop.js';

/** What a mail is made of. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  /** When it was written. */
  readonly date: Date;
}

const wholeNumber = (least: number, what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(least, `expected ${least} or more`), v.description(what));

/** The defaults: as in Python, until there are too many mails. */
export const DEFAULT_DIGEST = { intervalMs: 60_000, maxRecords: 100, after: 10 };

/** Schema of how mails are gathered. */
export const digestSchema = lazy(() =>
  v.union(
    [
      v.literal(false),
      v.strictObject({
        intervalMs: v.optional(
          v.pipe(wholeNumber(1, 'How long records are gathered.'), v.maxValue(MAX_TIMER_MS)),
          DEFAULT_DIGEST.intervalMs,
        ),
        maxRecords: v.optional(
          wholeNumber(1, 'The most records in one mail; the others are counted in it.'),
          DEFAULT_DIGEST.maxRecords,
        ),
        after: v.optional(
          wholeNumber(0, 'How many records of an interval get a mail of their own before.'),
          0,
        ),
      }),
    ],
    'expected false, or { intervalMs, maxRecords, after }',
  ),
);

/** How mails are gathered; `false` for a mail a record. */
export type DigestOptions = v.InferOutput<ReturnType<typeof digestSchema>>;

const RULE = '-'.repeat(70);

/**
 * Decides which records get a mail of their own and which wait for a common one.
 *
 * In each interval the first `after` go alone; the others are sent together when it ends. The interval after one
 * that was gathered is gathered from its start: a storm that goes on is one mail an interval.
 */
export class DigestPace {
  readonly #options: DigestOptions;
  #openedAt = Number.NEGATIVE_INFINITY;
  #alone = 0;
  #isGathering = false;

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  /** When the next mail is sent and how many records it takes; called when there is at least one. */
  turn(isUrgent: boolean, now = performance.now()): Turn {
    const options = this.#options;
    if (options === false) return { waitMs: 0, records: 1 };
    const isOver = now >= this.#openedAt + options.intervalMs;
    if (this.#isGathering && (isOver || isUrgent)) {
      this.#isGathering = false;
      this.#openedAt = now;
      this.#alone = options.after;
      return ALL;
    }
    if (!this.#isGathering) {
      if (isOver) {
        this.#openedAt = now;
        this.#alone = 0;
      }
      if (this.#alone < options.after) {
        this.#alone += 1;
        return { waitMs: 0, records: 1 };
      }
      if (isUrgent) return ALL;
    }
    this.#isGathering = true;
    return { waitMs: this.#openedAt + options.intervalMs - now, records: 1 };
  }
}

const ALL: Turn = { waitMs: 0, records: Number.POSITIVE_INFINITY };

/**
 * One mail out of several.
 *
 * @param left How many more there were, which are not in it.
 */
export function composeDigest(mails: readonly [Mail, ...Mail[]], left: number): Mail {
  const [first] = mails;
  if (mails.length === 1 && left === 0) return first;
  const last = mails[mails.length - 1] ?? first;
  const count = mails.length + left;
  const parts = mails.map(({ subject, text, date }) =>
    [`${date.toISOString()}  ${subject}`, '', cutToBytes(text, MAX_TEXT)].join('\n'),
  );
  const head = `${count} records from ${first.date.toISOString()} to ${last.date.toISOString()}.`;
  const missing = left === 0 ? '' : ` ${left} of them were too many and are left out.`;
  return {
    subject: `${first.subject} (${count} records)`,
    text: [head + missing, ...parts].join(`\n\n${RULE}\n`),
    date: last.date,
  };
}
