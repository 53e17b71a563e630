import * as v from 'valibot';
import type { CompiledFormat } from '../core/format-style.js';
import { Formatter } from '../core/formatter.js';
import { checkingFormat, compileSettings, formatterEntries } from '../core/formatter-options.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { paint, supportsColors, type TerminalStyle } from './support/terminal-colors.js';

/** The keys of Celery's formatters in a configuration. */
export const celeryFormatterSchema = lazy(() =>
  v.strictObject({
    ...formatterEntries(),
    use_color: v.optional(
      v.pipe(v.boolean(), v.description('Whether messages are coloured by level, on a terminal.')),
      true,
    ),
  }),
);

/** Options of {@link CeleryFormatter} and {@link CeleryTaskFormatter}. */
export type CeleryFormatterOptions = v.InferInput<ReturnType<typeof celeryFormatterSchema>>;

const STYLES: Readonly<Record<string, TerminalStyle>> = {
  ...{ DEBUG: 'blue', WARNING: 'yellow', ERROR: 'red', CRITICAL: 'magenta' },
};

/**
 * Celery's formatter: the message in the colour of its level.
 *
 * In configurations also `celery.utils.log.ColorFormatter`. Differs from Celery: colours only on a terminal, NO_COLOR
 * and FORCE_COLOR permitting.
 *
 * @see https://docs.celeryq.dev/en/stable/reference/celery.utils.log.html
 */
export class CeleryFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(CeleryFormatter, 'optionsSchema', () => checkingFormat(celeryFormatterSchema()));
  }

  readonly #colored: CompiledFormat | undefined;

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
    const isColored = use_color && supportsColors(undefined);
    this.#colored = isColored
      ? compileSettings(settings, (name) => (name === 'message' ? inColor : undefined))
      : undefined;
  }

  /** The line without traceback. */
  override formatMessage(record: LogRecord): string {
    return this.#colored === undefined ? super.formatMessage(record) : this.#colored.render(record);
  }
}

function inColor(text: string, { levelname }: LogRecord): string {
  return Object.hasOwn(STYLES, levelname) ? paint(text, STYLES[levelname] as TerminalStyle) : text;
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
  static {
    lazyProperty(CeleryTaskFormatter, 'optionsSchema', () => checkingFormat(celeryFormatterSchema()));
  }

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: CeleryFormatterOptions = {}) {
    super({ ...options, defaults: { task_name: '???', task_id: '???', ...options.defaults } });
  }
}
