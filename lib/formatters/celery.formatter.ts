import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { Formatter } from '../core/formatting/formatter.js';
import { checkingFormat, formatterEntries } from '../core/formatting/formatter-options.js';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { lazy } from '../runtime/lazy.js';
import { supportsColors } from './support/terminal-colors.js';

/** The keys of Celery's formatters in a configuration. */
const celeryFormatterSchema = lazy(() =>
  v.strictObject({
    ...formatterEntries(),
    use_color: v.optional(
      v.pipe(v.boolean(), v.description('Whether records are coloured by level, on a terminal.')),
      true,
    ),
  }),
);

/** Options of {@link CeleryFormatter} and {@link CeleryTaskFormatter}. */
export type CeleryFormatterOptions = v.InferInput<ReturnType<typeof celeryFormatterSchema>>;

/** What a record begins with by level, in Celery's bytes; all of them end with a reset. */
const COLORS: Readonly<Record<string, string>> = {
  ...{ DEBUG: '\x1b[1;34m', WARNING: '\x1b[1;33m', ERROR: '\x1b[1;31m', CRITICAL: '\x1b[1;35m' },
};

/**
 * Celery's formatter: a record in the colour of its level.
 *
 * In configurations also `celery.utils.log.ColorFormatter`. Differs from Celery: colours only on a terminal, subject to
 * NO_COLOR and FORCE_COLOR.
 *
 * @see https://docs.celeryq.dev/en/stable/reference/celery.utils.log.html
 */
export class CeleryFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(CeleryFormatter, {
    name: 'CeleryFormatter',
    pythonNames: ['celery.utils.log.ColorFormatter'],
    schema: () => checkingFormat(celeryFormatterSchema()),
  });

  readonly #isColored: boolean;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: CeleryFormatterOptions = {}) {
    const isOwn = new.target === CeleryFormatter || new.target === CeleryTaskFormatter;
    const { use_color, ...settings } = checkOptions(
      'CeleryFormatter',
      celeryFormatterSchema(),
      options,
      isOwn,
    );
    super(settings);
    this.#isColored = use_color && supportsColors(undefined);
  }

  /** The record as text, in the colour of its level, traceback included. */
  override format(record: LogRecord): string {
    const text = super.format(record);
    const { levelname } = record;
    return this.#isColored && Object.hasOwn(COLORS, levelname) ? `${COLORS[levelname]}${text}\x1b[0m` : text;
  }
}

/**
 * Celery's formatter of what tasks log: a format may have `%(task_name)s` and `%(task_id)s`, which are fields of the
 * record or of the context, and `???` where there are none.
 *
 * In configurations also `celery.app.log.TaskFormatter`.
 *
 * @example
 * new CeleryTaskFormatter({ fmt: '[%(asctime)s: %(levelname)s] %(task_name)s[%(task_id)s]: %(message)s' })
 * @see https://docs.celeryq.dev/en/stable/userguide/configuration.html#worker-task-log-format
 */
export class CeleryTaskFormatter extends CeleryFormatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(CeleryTaskFormatter, {
    name: 'CeleryTaskFormatter',
    pythonNames: ['celery.app.log.TaskFormatter'],
    schema: () => checkingFormat(celeryFormatterSchema()),
  });

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: CeleryFormatterOptions = {}) {
    super({ ...options, defaults: { task_name: '???', task_id: '???', ...options.defaults } });
  }
}
