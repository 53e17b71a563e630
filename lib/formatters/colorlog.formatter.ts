import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import type { CompiledFormat } from '../core/formatting/format-style.js';
import { Formatter } from '../core/formatting/formatter.js';
import { checkingFormat, compileSettings, formatterEntries } from '../core/formatting/formatter-options.js';
import type { FieldPainter } from '../core/formatting/record-field.js';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { lazy } from '../runtime/lazy.js';
import { supportsColors } from './support/terminal-colors.js';

const colorNames = lazy(() =>
  v.pipe(
    v.string(),
    v.check(
      (names) => parseColors(names) !== undefined,
      "expected names of colours: 'red', 'bold_red', 'fg_white,bg_red'",
    ),
  ),
);
const levelColors = lazy(() => v.record(v.string(), colorNames()));

/** The keys of a {@link ColorlogFormatter} in a configuration. */
export const colorlogFormatterSchema = lazy(() =>
  v.strictObject({
    ...formatterEntries(),
    log_colors: v.nullish(
      v.pipe(levelColors(), v.description('The value of `log_color`, by level: `{ INFO: "green" }`.')),
    ),
    secondary_log_colors: v.nullish(
      v.pipe(
        v.record(v.string(), levelColors()),
        v.description('More fields of that kind: the key `message` makes `message_log_color`.'),
      ),
    ),
    reset: v.optional(v.pipe(v.boolean(), v.description('Whether colours end with the line.')), true),
    no_color: v.optional(v.pipe(v.boolean(), v.description('Whether colours are off everywhere.')), false),
    force_color: v.optional(
      v.pipe(v.boolean(), v.description('Whether colours are on even if the output is not a terminal.')),
      false,
    ),
    stream: v.optional(v.pipe(v.any(), v.description('Ignored: both standard streams are checked.'))),
  }),
);

/** Options of {@link ColorlogFormatter}. */
export type ColorlogFormatterOptions = v.InferInput<ReturnType<typeof colorlogFormatterSchema>>;

type LevelColors = Readonly<Record<string, string>>;

const DEFAULT_FORMAT = {
  '%': '%(log_color)s%(levelname)s:%(name)s:%(message)s',
  '{': '{log_color}{levelname}:{name}:{message}',
  $: '${log_color}${levelname}:${name}:${message}',
} as const;

const DEFAULT_COLORS: LevelColors = {
  ...{ DEBUG: 'white', INFO: 'green', WARNING: 'yellow', ERROR: 'red', CRITICAL: 'bold_red' },
};

/**
 * The formatter of Python's package colorlog: a format may name colours, `%(blue)s`, `%(bold_red)s`, `%(reset)s`, and
 * that of the level, `%(log_color)s`.
 *
 * In configurations also `colorlog.ColoredFormatter`. Differs from colorlog: colours only on a terminal, subject to
 * NO_COLOR and FORCE_COLOR; elsewhere the same text without colours.
 *
 * @example
 * new ColorlogFormatter({ fmt: '%(log_color)s%(levelname)s%(reset)s %(message)s' })
 * @see https://github.com/borntyping/python-colorlog
 */
export class ColorlogFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(ColorlogFormatter, {
    name: 'ColorlogFormatter',
    pythonNames: ['colorlog.ColoredFormatter', 'colorlog.TTYColoredFormatter'],
    schema: () => checkingFormat(colorlogFormatterSchema()),
  });

  readonly #line: CompiledFormat;
  readonly #ending: string;

  /**
   * @param colors The default of `log_color`, by level.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT`
   */
  constructor(options: ColorlogFormatterOptions = {}, colors: LevelColors = DEFAULT_COLORS) {
    const given = checkOptions(
      'ColorlogFormatter',
      colorlogFormatterSchema(),
      options,
      new.target === ColorlogFormatter,
    );
    const { log_colors, secondary_log_colors, reset, no_color, force_color, stream: _, ...text } = given;
    const settings = { ...text, format: text.format ?? text.fmt ?? DEFAULT_FORMAT[text.style] };
    super(settings);
    const isColored = !no_color && (force_color || supportsColors(undefined));
    const byLevel = levelFields(log_colors ?? colors, secondary_log_colors ?? {});
    const known = this.fields.filter((name) => byLevel.has(name) || parseColors(name) !== undefined);
    const defaults = { ...settings.defaults, ...Object.fromEntries(known.map((name) => [name, ''])) };
    this.#line = compileSettings({ ...settings, defaults }, painter(byLevel, isColored));
    this.#ending = isColored && reset ? (parseColors('reset') as string) : '';
  }

  /** The line without traceback. */
  override formatMessage(record: LogRecord): string {
    const text = this.#line.render(record);
    return text.endsWith(this.#ending) ? text : text + this.#ending;
  }
}

/** The fields whose colour depends on the level. */
function levelFields(
  colors: LevelColors,
  secondary: Readonly<Record<string, LevelColors>>,
): Map<string, LevelColors> {
  const fields = Object.entries(secondary).map(([name, one]) => [`${name}_log_color`, one] as const);
  return new Map([['log_color', colors], ...fields]);
}

function painter(byLevel: ReadonlyMap<string, LevelColors>, isColored: boolean): FieldPainter {
  return (name) => {
    const colors = byLevel.get(name);
    const code = parseColors(name);
    if (colors === undefined && code === undefined) return undefined;
    if (!isColored) return () => '';
    if (colors === undefined) return () => code as string;
    return (_, { levelname }) =>
      (Object.hasOwn(colors, levelname) ? parseColors(colors[levelname] as string) : '') ?? '';
  };
}

const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'purple', 'cyan', 'white'];

const LOOKS: Readonly<Record<string, string>> = {
  ...{ reset: '0', bold: '1', thin: '2', italic: '3', underline: '4', blink: '5', reverse: '7', strike: '9' },
};

/** Prefixes of a colour's name: extra codes, and where its codes start. */
const PREFIXES: Readonly<Record<string, { readonly look?: string; readonly light?: boolean }>> = {
  __proto__: null as never,
  '': {},
  bold_: { look: '1' },
  thin_: { look: '2' },
  light_: { light: true },
  bold_light_: { look: '1', light: true },
  thin_light_: { look: '2', light: true },
};

/**
 * The codes for a terminal for names of colours, as in Python's colorlog: `red`, `bold_red`,
 * `bg_light_blue`, several with commas.
 *
 * @returns `undefined` if one of the names is unknown.
 */
function parseColors(names: string): string | undefined {
  if (names === '') return '';
  const codes = names.split(',').map((name) => parseColor(name.trim()));
  return codes.includes(undefined) ? undefined : codes.join('');
}

function parseColor(name: string): string | undefined {
  if (Object.hasOwn(LOOKS, name)) return `\x1b[${LOOKS[name]}m`;
  const [, layer, prefix = '', color = ''] =
    /^(fg_|bg_)?((?:bold_|thin_)?(?:light_)?)([a-z]+)$/.exec(name) ?? [];
  const index = COLORS.indexOf(color);
  const { look, light } = PREFIXES[prefix] ?? {};
  if (index < 0) return undefined;
  const base = (layer === 'bg_' ? 40 : 30) + (light ? 60 : 0) + index;
  return `\x1b[${look === undefined ? '' : `${look};`}${base}m`;
}
