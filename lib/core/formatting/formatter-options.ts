import * as v from 'valibot';
import { isTimeZone } from '../../python/time/named-zone.js';
import { lazy } from '../../runtime/lazy.js';
import type { OptionsSchema } from '../options.js';
import { type CompiledFormat, compileFormat, type FormatStyle } from './format-style.js';
import type { FieldPainter } from './record-field.js';

/** The key of a formatter with a time zone of its own. */
export const timeZoneEntry = lazy(() =>
  v.nullish(
    v.pipe(
      v.string(),
      v.check(
        isTimeZone,
        (issue) => `expected a time zone such as 'Europe/Berlin' or 'UTC', got ${issue.received}`,
      ),
      v.description("The time zone, independent of that of the process: 'Europe/Berlin'. Overrides `utc`."),
    ),
  ),
);

/** The keys of a text formatter's entry in a configuration, to be spread into the schema of each. */
export const formatterEntries = lazy(() => ({
  format: v.nullish(v.pipe(v.string(), v.description('The format string; default the bare message.'))),
  fmt: v.nullish(v.pipe(v.string(), v.description("`format`, under the name of Python's constructor."))),
  datefmt: v.nullish(
    v.pipe(
      v.string(),
      v.description(
        "Format of `asctime` in strftime's language; default ISO 8601 with milliseconds after a comma.",
      ),
    ),
  ),
  style: v.optional(
    v.pipe(
      v.picklist(['%', '{', '$'], (issue) => `expected '%', '{' or '$', got ${issue.received}`),
      v.description('The language of `format`.'),
    ),
    '%',
  ),
  validate: v.optional(
    v.pipe(v.boolean(), v.description('Whether a format that does not fit its style is refused at once.')),
    true,
  ),
  defaults: v.nullish(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description('Values for fields that a record does not have.'),
    ),
  ),
  utc: v.optional(
    v.pipe(v.boolean(), v.description('Whether times are in UTC and not in the local zone.')),
    false,
  ),
  timeZone: timeZoneEntry(),
  sanitize: v.optional(
    v.pipe(
      v.picklist(
        ['escape', 'line', 'none'],
        (issue) => `expected 'escape', 'line' or 'none', got ${issue.received}`,
      ),
      v.description(
        "How control characters in interpolated text are treated: 'escape' them and indent further lines, 'line' " +
          "escapes newlines too, 'none' leaves Python's bytes.",
      ),
    ),
    'escape',
  ),
}));

/** Options of a {@link Formatter}, without a check of the format itself. */
export const formatterSchema = lazy(() => v.strictObject(formatterEntries()));

/** Options of a {@link Formatter}; the keys of its entry in a configuration. */
export type FormatterOptions = v.InferInput<ReturnType<typeof formatterSchema>>;

/** Options of a text formatter with the defaults filled in. */
export type FormatterSettings = Pick<
  v.InferOutput<ReturnType<typeof formatterSchema>>,
  keyof ReturnType<typeof formatterEntries>
>;

/** What of a formatter's options its format depends on. */
export interface FormatSettings {
  readonly format?: unknown;
  readonly fmt?: unknown;
  readonly style: string;
}

/**
 * The schema of a formatter that also finds invalid formats, so that a configuration is refused before anything is created
 * from it.
 *
 * @param compile Throws for an invalid format; default {@link compileSettings}.
 */
export function checkingFormat<T extends FormatSettings = FormatterSettings>(
  schema: v.GenericSchema<object, T>,
  compile: (settings: T) => unknown = (settings) => compileSettings(settings as unknown as FormatterSettings),
): OptionsSchema {
  return v.pipe(
    schema,
    v.rawCheck(({ dataset, addIssue }) => {
      // Reported too if another key of the entry has an error, unless the style has one.
      const value = dataset.value as T | undefined;
      if (!dataset.typed && !isReadable(value)) return;
      if (value === undefined) return;
      const message = formatIssue(() => compile(value));
      const key = value.format == null ? 'fmt' : 'format';
      if (message !== undefined) {
        addIssue({
          message,
          path: [
            { type: 'object', origin: 'value', input: { ...(value as object) }, key, value: value[key] },
          ],
        });
      }
    }),
  );
}

/**
 * Compiles the format of checked options.
 *
 * @param paint What is done to the finished text of fields.
 * @throws {LoggingError} `ERR_LOGGING_FORMAT`
 */
export function compileSettings(settings: FormatterSettings, paint?: FieldPainter): CompiledFormat {
  return compileFormat({
    format: settings.format ?? settings.fmt ?? undefined,
    style: settings.style as FormatStyle,
    validate: settings.validate,
    defaults: settings.defaults ?? undefined,
    sanitize: settings.sanitize,
    paint,
  });
}

function isReadable(settings: object | undefined): boolean {
  const { format, fmt, style, defaults } = (settings ?? {}) as Partial<FormatterSettings>;
  const isText = (text: unknown) => text === undefined || text === null || typeof text === 'string';
  const isStyle = style === '%' || style === '{' || style === '$';
  return isStyle && isText(format) && isText(fmt) && (defaults == null || typeof defaults === 'object');
}

function formatIssue(compile: () => unknown): string | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^format: /, '');
  }
}
