import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import type { CompiledFormat } from '../core/formatting/format-style.js';
import { Formatter } from '../core/formatting/formatter.js';
import { checkingFormat, compileSettings, formatterEntries } from '../core/formatting/formatter-options.js';
import { sanitizer } from '../core/formatting/sanitize.js';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { str } from '../python/python-text.js';
import { lazy } from '../runtime/lazy.js';
import { nodeModule } from '../runtime/node-module.js';
import { supportsColors } from './support/terminal-colors.js';

/** The keys of uvicorn's formatters in a configuration. */
const uvicornFormatterSchema = lazy(() =>
  v.strictObject({
    ...formatterEntries(),
    use_colors: v.nullish(
      v.pipe(v.boolean(), v.description('Whether to colour; default where standard output is a terminal.')),
    ),
  }),
);

/** Options of {@link UvicornFormatter} and {@link UvicornAccessFormatter}. */
export type UvicornFormatterOptions = v.InferInput<ReturnType<typeof uvicornFormatterSchema>>;

/** Gives the text of a field that uvicorn adds to records; `undefined` if the field is none of these. */
type UvicornField = (name: string, isColored: boolean) => ((record: LogRecord) => string) | undefined;

const FIELDS = { levelprefix: '', client_addr: '', request_line: '', status_code: '' };

/**
 * Uvicorn's formatter of its own messages: a format may have `%(levelprefix)s`, the level and a colon, nine characters
 * wide.
 *
 * In configurations also `uvicorn.logging.DefaultFormatter`.
 *
 * Differs from uvicorn: `color_message` is ignored, so escapes in a record do not reach the terminal; colours
 * follow NO_COLOR and FORCE_COLOR.
 *
 * @example
 * new UvicornFormatter({ fmt: '%(levelprefix)s %(message)s' })
 * @see https://www.uvicorn.org/settings/#logging
 */
export class UvicornFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(UvicornFormatter, {
    name: 'UvicornFormatter',
    pythonNames: ['uvicorn.logging.DefaultFormatter', 'uvicorn.logging.ColourizedFormatter'],
    schema: () => checkingFormat(uvicornFormatterSchema()),
  });

  readonly #line: CompiledFormat;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: UvicornFormatterOptions = {}) {
    const { use_colors, ...given } = checkOptions(
      new.target.name,
      uvicornFormatterSchema(),
      options,
      new.target === UvicornFormatter || new.target === UvicornAccessFormatter,
    );
    const settings = { ...given, defaults: { ...given.defaults, ...FIELDS } };
    super(settings);
    const isColored = use_colors ?? supportsColors('stdout');
    // A request is one line, whatever it contains.
    const clean = (settings.sanitize === 'none' ? undefined : sanitizer('line')) ?? ((text: string) => text);
    const isAccess =
      new.target === UvicornAccessFormatter || new.target.prototype instanceof UvicornAccessFormatter;
    const find = isAccess ? accessField(clean) : levelField(clean);
    this.#line = compileSettings(settings, (name) => {
      const field = find(name, isColored);
      // Padded as the format asks, as far as there is room.
      return field && ((text, record) => field(record).padEnd(text.length));
    });
  }

  /** The line without traceback. */
  override formatMessage(record: LogRecord): string {
    return this.#line.render(record);
  }
}

/**
 * Uvicorn's formatter of access lines: `%(client_addr)s`, `%(request_line)s` and `%(status_code)s`, with the reason,
 * are taken from a record's five arguments: address, method, path, version of HTTP, status.
 *
 * In configurations also `uvicorn.logging.AccessFormatter`.
 *
 * Differs from uvicorn: a record with other arguments is accepted; fields of those names are shown, and without
 * them its message as the request line.
 *
 * @example
 * new UvicornAccessFormatter({ fmt: '%(client_addr)s - "%(request_line)s" %(status_code)s' })
 * @see https://www.uvicorn.org/settings/#logging
 */
export class UvicornAccessFormatter extends UvicornFormatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(UvicornAccessFormatter, {
    name: 'UvicornAccessFormatter',
    pythonNames: ['uvicorn.logging.AccessFormatter'],
    schema: () => checkingFormat(uvicornFormatterSchema()),
  });
}

/** Codes of the colours, in uvicorn's bytes: by level, and by the first digit of a status. */
const LEVEL_COLORS: Readonly<Record<number, number>> = { 5: 34, 10: 36, 20: 32, 30: 33, 40: 31, 50: 91 };
const STATUS_COLORS: Readonly<Record<number, number>> = { 1: 97, 2: 32, 3: 33, 4: 31, 5: 91 };
const BOLD = 1;

function paint(text: string, code: number | undefined): string {
  return code === undefined ? text : `\x1b[${code}m${text}\x1b[0m`;
}

function levelField(clean: (text: string) => string): UvicornField {
  return (name, isColored) => {
    if (name !== 'levelprefix') return undefined;
    return (record) => {
      // Of a record that was received it may be any text.
      const level = clean(str(record.levelname));
      const space = ' '.repeat(Math.max(0, 8 - level.length));
      return `${isColored ? paint(level, LEVEL_COLORS[record.levelno]) : level}:${space}`;
    };
  };
}

function accessField(clean: (text: string) => string): UvicornField {
  const level = levelField(clean);
  return (name, isColored) => {
    if (name === 'client_addr') return (record) => clean(str(readAccess(record).address));
    if (name === 'request_line') {
      return (record) => {
        const text = clean(readAccess(record).request);
        return isColored ? paint(text, BOLD) : text;
      };
    }
    if (name !== 'status_code') return level(name, isColored);
    const { STATUS_CODES } = nodeModule('node:http');
    return (record) => {
      const { status } = readAccess(record);
      const text = clean(status === undefined ? '' : `${str(status)} ${STATUS_CODES[str(status)] ?? ''}`);
      return isColored ? paint(text, STATUS_COLORS[Math.floor(Number(str(status)) / 100)]) : text;
    };
  };
}

function readAccess(record: LogRecord): { address: unknown; request: string; status: unknown } {
  const { args } = record;
  if (Array.isArray(args) && args.length === 5) {
    const [address, method, path, version, status] = args as unknown[];
    return { address, request: `${str(method)} ${str(path)} HTTP/${str(version)}`, status };
  }
  const request = record.attribute('request_line');
  return {
    address: record.attribute('client_addr') ?? '',
    request: request === undefined ? record.getMessage() : str(request),
    status: record.attribute('status_code'),
  };
}
