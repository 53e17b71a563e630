import { redactText } from '../../redaction/redact-text.js';
import { cutText } from '../../runtime/cut-text.js';
import { writeStderr } from '../../runtime/std-streams.js';
import type { LoggingErrorCode } from '../errors.js';
import { escapeControls } from '../formatting/sanitize.js';
import { announceError, type SeenError } from '../reports/error-reports.js';
import type { CallerInfo } from './caller.js';

/** What a log call was given that does not fit. */
export interface CallError {
  readonly code: LoggingErrorCode;
  /** The logger that was called. */
  readonly logger: string;
  /** What identifies the call where its place is unknown: its message, a name. */
  readonly about: string;
  /** What is wrong, what was done about it, and the remedy; without values of the call. */
  readonly problem: string;
  /** What distinguishes it from others with this code, in short: a name, a reason. */
  readonly detail: string;
  /** Where the call was made. */
  readonly caller: () => CallerInfo;
}

/** Places whose text is kept. */
const MAX_KNOWN = 1_000;
/**
 * How many places are looked up in a second: that takes ten times as long as the call. Further errors count for the
 * last place that is known to make the same mistake. A new place is then reported in a quieter second.
 */
const MAX_LOOKUPS = 200;
/** Characters of a message, or a name, that identify it. */
const MAX_ABOUT = 200;

/**
 * Reports log calls whose arguments do not fit, once for each place in the source, and counts all of them. Their
 * records are emitted all the same.
 *
 * Fields are private for the reason given at `HandlerCounters`.
 */
export class CallErrors {
  #count = 0;
  readonly #known = new Map<string, SeenError>();
  /** The last error of each kind: of a logger, with a code and a detail. */
  readonly #latest = new Map<string, SeenError>();
  /** The second since the epoch that `#lookups` is about. */
  #second = 0;
  #lookups = 0;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /**
   * Reports an error, the first time also in one line on standard error. Never throws.
   *
   * @param prints Whether standard error gets anything.
   */
  report(error: CallError, prints: boolean): void {
    this.#count += 1;
    try {
      const at = Date.now();
      const kind = `${error.code} ${error.detail}\0${error.logger}`;
      const latest = this.#mayLookUp(at) ? undefined : this.#latest.get(kind);
      const { seen, isNew } = latest === undefined ? this.#seen(error) : { seen: latest, isNew: false };
      if (latest === undefined) {
        if (this.#latest.size >= MAX_KNOWN) this.#latest.clear();
        this.#latest.set(kind, seen);
      }
      announceError({ ...seen, at }, isNew);
      if (isNew && prints) writeStderr(`nestjs-logging: ${seen.message}\n`);
    } catch {
      // It was counted.
    }
  }

  #mayLookUp(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lookups = 0;
    }
    this.#lookups += 1;
    return this.#lookups <= MAX_LOOKUPS;
  }

  #seen({ code, logger, about, problem, caller }: CallError): { seen: SeenError; isNew: boolean } {
    const { pathname, lineno } = caller();
    const place =
      lineno > 0 ? `${pathname}:${lineno}` : `a call of logger '${logger}' (${cutText(about, MAX_ABOUT)})`;
    const key = `${place}\0${problem}`;
    const known = this.#known.get(key);
    if (known !== undefined) return { seen: known, isNew: false };
    const seen: SeenError = {
      at: 0,
      source: 'log call',
      type: 'LoggingError',
      message: escapeControls(redactText(`${place}: ${problem}`), true),
      code,
      logger: cutText(escapeControls(redactText(logger), true), MAX_ABOUT),
    };
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(key, seen);
    return { seen, isNew: true };
  }
}
