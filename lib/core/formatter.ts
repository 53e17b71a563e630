import { brand } from '../internal/brand.js';
import { lazy } from '../internal/lazy.js';
import { compileStrftime } from '../internal/strftime.js';
import { type CompiledFormat, compileFormat, type FormatStyle, joinMilliseconds } from './format-style.js';
import { LEAN } from './lean.js';
import type { LogRecord } from './log-record.js';
import { type Sanitize, sanitizeTraceback } from './sanitize.js';
import { formatTraceback } from './traceback.js';

/** Options of {@link Formatter}; the keys of a formatter's entry in a configuration. */
export interface FormatterOptions {
  /** The format string; default the bare message. */
  format?: string | undefined;
  /** Python's constructor's name for `format`. */
  fmt?: string | undefined;
  /** Format of `asctime`, in `strftime`'s language; default ISO 8601 with milliseconds after a comma. */
  datefmt?: string | undefined;
  /** The language of `format`; default `'%'`. */
  style?: FormatStyle | undefined;
  /** Whether a format that does not fit its style is refused at once; default true. */
  validate?: boolean | undefined;
  /** Values for fields that a record does not have. */
  defaults?: Readonly<Record<string, unknown>> | undefined;
  /** Whether times are in UTC; default false, the local time zone. */
  utc?: boolean | undefined;
  /** How control characters in interpolated text are treated; default `'escape'`. */
  sanitize?: Sanitize | undefined;
}

/**
 * Turns a record into text.
 *
 * @example
 * new Formatter({ format: '%(asctime)s %(levelname)-8s %(message)s', datefmt: '%H:%M:%S' })
 * @see https://docs.python.org/3/library/logging.html#formatter-objects
 */
export class Formatter {
  static readonly [LEAN] = true;

  /** `strftime` format of `asctime` when there is no `datefmt`. */
  default_time_format = '%Y-%m-%d %H:%M:%S';
  /** How milliseconds are added to it: `%` format of the time text and the milliseconds; `null` leaves them out. */
  default_msec_format: string | null = '%s,%03d';
  /** Format of `asctime`, or `undefined` for the default. */
  datefmt: string | undefined;
  /** Whether times are in UTC. */
  utc: boolean;

  readonly #compiled: CompiledFormat;
  readonly #sanitize: Sanitize;
  #clock: Clock | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_FORMAT` for an unknown style or, unless `validate: false`, a faulty format. */
  constructor(options: FormatterOptions = {}) {
    this.datefmt = options.datefmt;
    this.utc = options.utc ?? false;
    this.#sanitize = options.sanitize ?? 'escape';
    this.#compiled = compileFormat({
      format: options.format ?? options.fmt,
      style: options.style ?? '%',
      validate: options.validate ?? true,
      defaults: options.defaults,
      sanitize: this.#sanitize,
    });
  }

  /** The format string in use. */
  get fmt(): string {
    return this.#compiled.format;
  }

  /** Names of the record's fields that the format reads. */
  get fields(): readonly string[] {
    return this.#compiled.fields;
  }

  /** The record as text: the formatted line, then the traceback, then the stack, each where there is one. */
  format(record: LogRecord): string {
    record.message = record.getMessage();
    if (this.usesTime()) record.asctime = this.formatTime(record, this.datefmt);
    const text = this.formatMessage(record);
    if (record.excInfo === undefined && record.excText === undefined && record.stackInfo === undefined) return text;
    return this.#withDetails(text, record);
  }

  #withDetails(line: string, record: LogRecord): string {
    let text = line;
    if (record.excInfo !== undefined && record.excText === undefined) record.excText = this.formatException(record.excInfo);
    if (record.excText) text = this.#append(text, record.excText);
    if (record.stackInfo) text = this.#append(text, this.formatStack(record.stackInfo));
    return text;
  }

  #append(text: string, block: string): string {
    const safe = this.#sanitize === 'none' ? block : sanitizeTraceback(block);
    return text.endsWith('\n') ? text + safe : `${text}\n${safe}`;
  }

  /** Whether the format has `asctime`; if not, the time is not formatted. */
  usesTime(): boolean {
    return this.#compiled.usesTime;
  }

  /** The line without traceback; reads `record.message` and `record.asctime`. */
  formatMessage(record: LogRecord): string {
    return this.#compiled.render(record);
  }

  /**
   * The record's time as text.
   *
   * @param datefmt `strftime` format; default `default_time_format` with milliseconds as `default_msec_format` says.
   */
  formatTime(record: LogRecord, datefmt?: string): string {
    const format = datefmt || this.default_time_format;
    let clock = this.#clock;
    if (clock === undefined || clock.format !== format || clock.utc !== this.utc) {
      clock = new Clock(format, this.utc);
      this.#clock = clock;
    }
    const text = clock.text(record.created);
    return datefmt ? text : joinMilliseconds(this.default_msec_format, text, record.msecs);
  }

  /** The traceback of what was thrown, with causes and the members of AggregateErrors. */
  formatException(error: unknown): string {
    return formatTraceback(error);
  }

  /** The stack of a call made with `stackInfo: true`; as it is. */
  formatStack(stackInfo: string): string {
    return stackInfo;
  }
}
brand(Formatter.prototype, 'formatter');

/** The text of the running second: records come many to a second, and `strftime` is dear. */
class Clock {
  readonly #strftime: (seconds: number) => string;
  #second = Number.NaN;
  #text = '';

  constructor(
    readonly format: string,
    readonly utc: boolean,
  ) {
    this.#strftime = compileStrftime(format, utc ? 'utc' : 'local');
  }

  text(created: number): string {
    const second = Math.floor(created);
    if (second !== this.#second) {
      this.#text = this.#strftime(second);
      this.#second = second;
    }
    return this.#text;
  }
}

/**
 * Formats many records at once, with a header and a footer.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.BufferingFormatter
 */
export class BufferingFormatter {
  /** @param linefmt Formatter of each record; default the bare message. */
  constructor(readonly linefmt: Pick<Formatter, 'format'> = defaultFormatter()) {}

  /** Text before the records; empty unless overridden. */
  formatHeader(_records: readonly LogRecord[]): string {
    return '';
  }

  /** Text after the records; empty unless overridden. */
  formatFooter(_records: readonly LogRecord[]): string {
    return '';
  }

  /** Header, records and footer as one text; empty for no records. */
  format(records: readonly LogRecord[]): string {
    if (records.length === 0) return '';
    return this.formatHeader(records) + records.map((record) => this.linefmt.format(record)).join('') + this.formatFooter(records);
  }
}

/** What handlers without a formatter use: the bare message. */
export const defaultFormatter = lazy(() => new Formatter());
