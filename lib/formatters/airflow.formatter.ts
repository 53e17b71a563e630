import { COMPONENT, declareComponent } from '../core/component.js';
import { Formatter, type FormatterOptions } from '../core/formatting/formatter.js';
import { LEAN } from '../core/lean.js';
import type { OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { offsetTime } from './support/offset-time.js';

/**
 * Airflow's formatter: times with milliseconds and their offset from UTC, `2024-01-05T15:04:09.123+0000`.
 *
 * In configurations also `airflow.utils.log.timezone_aware.TimezoneAware`.
 *
 * @see https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/
 */
export class AirflowFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(AirflowFormatter, {
    name: 'AirflowFormatter',
    pythonNames: ['airflow.utils.log.timezone_aware.TimezoneAware'],
    schema: () => Formatter.optionsSchema,
  });

  override default_time_format = '%Y-%m-%dT%H:%M:%S';
  override default_msec_format: string | null = '%s.%03d';

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: FormatterOptions = {}) {
    super(options);
  }

  /** The time, whatever its format, followed by milliseconds and offset. */
  override formatTime(record: LogRecord, datefmt?: string): string {
    return offsetTime(record, datefmt || this.default_time_format, (format) =>
      super.formatTime(record, format),
    );
  }
}
