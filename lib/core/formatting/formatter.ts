import type { TimeConverter } from '../../python/time/broken-down-time.js';
import { namedZone } from '../../python/time/named-zone.js';
import { brand, keepSelf } from '../../runtime/brand.js';
import { lazy } from '../../runtime/lazy.js';
import { COMPONENT, declareComponent } from '../component.js';
import { LEAN } from '../lean.js';
import { checkOptions, type OptionsSchema } from '../options.js';
import type { LogRecord } from '../records/log-record.js';
import { tracebackText } from '../records/record-traceback.js';
import { formatTraceback } from '../records/traceback.js';
import type { CompiledFormat, FormatStyle } from './format-style.js';
import {
  checkingFormat,
  compileSettings,
  type FormatterOptions,
  type FormatterSettings,
  formatterSchema,
} from './formatter-options.js';
import { gmtime, localtime, RecordClock } from './record-clock.js';
import { type Sanitize, sanitizeTraceback } from './sanitize.js';

export type { FormatterOptions } from './formatter-options.js';

/**
 * Turns a record into text.
 *
 * @example
 * new Formatter({ format: '%(asctime)s %(levelname)-8s %(message)s', datefmt: '%H:%M:%S' })
 * @see https://docs.python.org/3/library/logging.html#formatter-objects
 */
export class Formatter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(Formatter, {
    name: 'Formatter',
    pythonNames: ['logging.Formatter'],
    schema: () => checkingFormat(formatterSchema()),
  });
  /**
   * How formatters show times by default; `Formatter.converter = gmtime` for UTC everywhere.
   *
   * @see https://docs.python.org/3/library/logging.html#logging.Formatter.formatTime
   */
  static converter: TimeConverter = localtime;

  /** `strftime` format of `asctime` when there is no `datefmt`. */
  default_time_format = '%Y-%m-%d %H:%M:%S';
  /** How milliseconds are added to it: `%` format of the time text and the milliseconds; `null` leaves them out. */
  default_msec_format: string | null = '%s,%03d';
  /** Format of `asctime`, or `undefined` for the default. */
  datefmt: string | undefined;
  /** How this formatter shows times; `undefined` for the class's converter. */
  converter: TimeConverter | undefined;

  readonly #compiled: CompiledFormat;
  readonly #sanitize: Sanitize;
  #clock: RecordClock | undefined;

  /**
   * @param options The options, or, as in Python, just the format, then `datefmt` and `style`.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not exist or are of the wrong kind,
   * `ERR_LOGGING_FORMAT`, unless `validate: false`, for a format that does not fit its style.
   */
  constructor(options: FormatterOptions | string = {}, datefmt?: string, style?: FormatStyle) {
    keepSelf(this);
    const given = typeof options === 'string' ? { format: options, datefmt, style } : options;
    const settings: FormatterSettings = checkOptions(
      'Formatter',
      formatterSchema(),
      given,
      new.target === Formatter,
    );
    this.datefmt = settings.datefmt ?? undefined;
    this.converter = settings.timeZone ? namedZone(settings.timeZone) : settings.utc ? gmtime : undefined;
    this.#sanitize = settings.sanitize;
    this.#compiled = compileSettings(settings);
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
    if (record.excInfo === undefined && !record.excText && !record.stackInfo) return text;
    return this.#withDetails(text, record);
  }

  #withDetails(line: string, record: LogRecord): string {
    let text = line;
    const traceback = this.traceback(record);
    if (traceback) text = this.#append(text, traceback);
    if (record.stackInfo) text = this.#append(text, this.formatStack(record.stackInfo));
    return text;
  }

  /** The record's traceback from this formatter's {@link Formatter.formatException}; `undefined` if there is none. */
  protected traceback(record: LogRecord): string | undefined {
    return this.formatException === formatException
      ? tracebackText(record)
      : tracebackText(record, (error) => this.formatException(error), this);
  }

  #append(text: string, block: string): string {
    const safe = this.#sanitize === 'none' ? block : sanitizeTraceback(block, this.#compiled.continuation);
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
   * @param datefmt `strftime` format; default `default_time_format` with milliseconds in `default_msec_format`.
   */
  formatTime(record: LogRecord, datefmt?: string): string {
    const format = datefmt || this.default_time_format;
    const converter = this.converter ?? (this.constructor as typeof Formatter).converter;
    let clock = this.#clock;
    if (clock === undefined || clock.format !== format || clock.converter !== converter) {
      clock = new RecordClock(format, converter);
      this.#clock = clock;
    }
    if (datefmt) return clock.text(record.created);
    return clock.textWithMilliseconds(record.created, record.msecs, this.default_msec_format);
  }

  /** The traceback of a thrown value, with causes and the members of AggregateErrors. */
  formatException(error: unknown): string {
    return formatTraceback(error);
  }

  /** The stack of a call made with `stackInfo: true`; as it is. */
  formatStack(stackInfo: string): string {
    return stackInfo;
  }
}
brand(Formatter.prototype, 'formatter');
const { formatException } = Formatter.prototype;

/** What handlers without a formatter use: the bare message. */
export const defaultFormatter: () => Formatter = lazy(() => new Formatter());
