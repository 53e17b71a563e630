import { COMPONENT, declareComponent } from '../core/component.js';
import { Formatter, type FormatterOptions } from '../core/formatting/formatter.js';
import { LEAN } from '../core/lean.js';
import type { OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';

/**
 * Django's formatter of development-server lines: a format may have `{server_time}`, the time of the request.
 *
 * In configurations also `django.utils.log.ServerFormatter`. A record without that field gets its own time.
 *
 * Differs from Django: lines are not coloured by status; {@link ColorFormatter} colours by level.
 *
 * @example
 * new DjangoServerFormatter({ format: '[{server_time}] {message}', style: '{' })
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django-server
 */
export class DjangoServerFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(DjangoServerFormatter, {
    name: 'DjangoServerFormatter',
    pythonNames: ['django.utils.log.ServerFormatter'],
    schema: () => Formatter.optionsSchema,
  });

  /** `05/Jan/2024 15:04:09`, the usual form of access logs. */
  override default_time_format = '%d/%b/%Y %H:%M:%S';

  readonly #usesServerTime: boolean;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: FormatterOptions = {}) {
    super(options);
    this.#usesServerTime = this.fields.includes('server_time');
  }

  /** The record as text, with `server_time` filled in. */
  override format(record: LogRecord): string {
    if (this.#usesServerTime && !record.hasAttribute('server_time')) {
      record.server_time = this.formatTime(record, this.datefmt);
    }
    return super.format(record);
  }
}
