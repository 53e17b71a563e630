import { COMPONENT, declareComponent } from '../core/component.js';
import { checkingFormat } from '../core/formatting/formatter-options.js';
import { LEAN } from '../core/lean.js';
import type { OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import {
  ColorlogFormatter,
  type ColorlogFormatterOptions,
  colorlogFormatterSchema,
} from './colorlog.formatter.js';
import { offsetTime } from './support/offset-time.js';

/**
 * Airflow's formatter for consoles: {@link ColorlogFormatter} with Airflow's colours and times.
 *
 * In configurations also `airflow.utils.log.colored_log.CustomTTYColoredFormatter`. Differs from Airflow: arguments of
 * messages and tracebacks are not highlighted.
 */
export class AirflowColorFormatter extends ColorlogFormatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(AirflowColorFormatter, {
    name: 'AirflowColorFormatter',
    pythonNames: ['airflow.utils.log.colored_log.CustomTTYColoredFormatter'],
    schema: () => checkingFormat(colorlogFormatterSchema()),
  });

  override default_time_format = '%Y-%m-%dT%H:%M:%S';

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: ColorlogFormatterOptions = {}) {
    super(options, { DEBUG: 'green', INFO: '', WARNING: 'yellow', ERROR: 'red', CRITICAL: 'red' });
  }

  /** The time, whatever its format, followed by milliseconds and offset. */
  override formatTime(record: LogRecord, datefmt?: string): string {
    return offsetTime(record, datefmt || this.default_time_format, (format) =>
      super.formatTime(record, format),
    );
  }
}
