import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import type { CompiledFormat } from '../core/formatting/format-style.js';
import { Formatter } from '../core/formatting/formatter.js';
import { checkingFormat, compileSettings, formatterEntries } from '../core/formatting/formatter-options.js';
import type { FieldPainter } from '../core/formatting/record-field.js';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { type LogRecord, SUMMARIZED } from '../core/records/log-record.js';
import { isErrorLike } from '../core/records/traceback.js';
import { JsonBudget } from '../python/json/json-budget.js';
import { propertyOf } from '../runtime/hostile-values.js';
import { lazy } from '../runtime/lazy.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { type FieldNaming, keyValues, type PairWriter } from './support/key-values.js';
import { paint, supportsColors, TERMINAL_STYLES, type TerminalStyle } from './support/terminal-colors.js';

/** Characters of the fields that are shown after a message. */
const MAX_FIELDS = 16_384;

const DEFAULT_FORMAT = {
  '%': '%(asctime)s %(levelname)-8s %(name)s %(message)s',
  '{': '{asctime} {levelname:<8} {name} {message}',
  $: '$asctime $levelname $name $message',
} as const;

const styleName = lazy(() =>
  v.picklist(
    Object.keys(TERMINAL_STYLES) as TerminalStyle[],
    (issue) => `expected one of ${Object.keys(TERMINAL_STYLES).join(', ')}, got ${issue.received}`,
  ),
);

/** The keys of a {@link ColorFormatter} in a configuration. */
const colorFormatterSchema = lazy(() =>
  v.strictObject({
    ...formatterEntries(),
    colors: v.optional(
      v.pipe(
        v.union(
          [v.literal('auto'), v.boolean()],
          (issue) => `expected 'auto', true or false, got ${issue.received}`,
        ),
        v.description("Whether to colour; 'auto': on a terminal, subject to NO_COLOR and FORCE_COLOR."),
      ),
      'auto',
    ),
    stream: v.optional(
      v.pipe(
        v.picklist(['stdout', 'stderr'], (issue) => `expected 'stdout' or 'stderr', got ${issue.received}`),
        v.description("The stream that 'auto' checks; default: colours only if both are terminals."),
      ),
    ),
    showExtra: v.optional(
      v.pipe(
        v.union(
          [v.literal('all'), v.boolean()],
          (issue) => `expected 'all', true or false, got ${issue.received}`,
        ),
        v.description(
          "Whether context and extra fields follow the message as key=value; 'all': also those that the message sums up, such as method and path of an access record, and an error whose traceback follows.",
        ),
      ),
      true,
    ),
    drop_fields: v.optional(
      v.pipe(v.array(v.string()), v.description('Context and extra fields that are not shown.')),
      [],
    ),
    levelColors: v.optional(
      v.pipe(
        v.record(v.string(), styleName()),
        v.description("Styles of levels by name: `{ INFO: 'cyan' }`; the others keep theirs."),
      ),
      {},
    ),
  }),
);

/** Options of {@link ColorFormatter}. */
export type ColorFormatterOptions = v.InferInput<ReturnType<typeof colorFormatterSchema>>;

/**
 * Text for people at a terminal: the level in its colour, time and logger dimmed, `extra` fields after the message.
 *
 * Without a format: time, level, logger, message. Except on a terminal the text has no colours.
 *
 * @example
 * new ColorFormatter({ format: '%(levelname)-8s %(message)s', levelColors: { INFO: 'cyan' } })
 */
export class ColorFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(ColorFormatter, {
    name: 'ColorFormatter',
    schema: () => checkingFormat(colorFormatterSchema()),
  });

  readonly #colored: CompiledFormat | undefined;
  readonly #naming: FieldNaming;
  readonly #showExtra: boolean | 'all';
  readonly #pair: PairWriter;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: ColorFormatterOptions = {}) {
    const o = checkOptions('ColorFormatter', colorFormatterSchema(), options, new.target === ColorFormatter);
    const { colors, stream, showExtra, drop_fields, levelColors, ...text } = {
      ...o,
      format: o.format ?? o.fmt ?? DEFAULT_FORMAT[o.style],
    };
    super(text);
    const isColored = colors === 'auto' ? supportsColors(stream) : colors;
    this.#colored = isColored ? compileSettings(text, painter(levelColors)) : undefined;
    const hidden = new Set([...this.fields, ...drop_fields]);
    this.#naming = (key) => (hidden.has(key) ? undefined : key);
    this.#showExtra = showExtra;
    this.#pair = isColored
      ? (key, value) => `${paint(`${key}=`, 'dim')}${value}`
      : (key, value) => `${key}=${value}`;
  }

  /** The line without traceback, in colour if colours are on, with the fields that the format does not show. */
  override formatMessage(record: LogRecord): string {
    const text = this.#colored === undefined ? super.formatMessage(record) : this.#colored.render(record);
    if (!this.#showExtra) return text;
    const budget = new JsonBudget();
    budget.reset(MAX_FIELDS);
    return text + keyValues(record, this.#namingFor(record), budget, this.#pair);
  }

  /** Without what the message says already, and without the error whose traceback follows. */
  #namingFor(record: LogRecord): FieldNaming {
    const { [SUMMARIZED]: summarized, excInfo, excText } = record;
    if (this.#showExtra === 'all' || (summarized === undefined && excInfo == null && !excText))
      return this.#naming;
    return (key, fields) =>
      summarized?.has(key) || isInTraceback(fields[key], record) ? undefined : this.#naming(key, fields);
  }
}

/** Whether a value is the error of the record; where that came from another thread, both are data. */
function isInTraceback(value: unknown, { excInfo, excText }: LogRecord): boolean {
  if (value === excInfo && isErrorLike(value)) return true;
  if (!excText || !isPlainObject(value)) return false;
  const stack = propertyOf(value, 'stack');
  return typeof stack === 'string' && stack !== '' && excText.includes(stack);
}

/** Custom levels look like the nearest built-in level below. */
function painter(levelColors: Readonly<Record<string, TerminalStyle>>): FieldPainter {
  return (name) => {
    if (name === 'asctime' || name === 'name') return (text) => paint(text, 'dim');
    if (name !== 'levelname') return undefined;
    return (text, record) => {
      const { levelname } = record;
      return paint(
        text,
        Object.hasOwn(levelColors, levelname)
          ? (levelColors[levelname] as TerminalStyle)
          : styleOf(record.levelno),
      );
    };
  };
}

function styleOf(levelno: number): TerminalStyle {
  if (levelno >= 50) return 'redBackground';
  if (levelno >= 40) return 'red';
  if (levelno >= 30) return 'yellow';
  return levelno >= 20 ? 'green' : 'blue';
}
