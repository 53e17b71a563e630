import { compileFormat } from '../../core/format-style.js';

/** How python-json-logger finds field names in a format, by style. */
const PATTERNS = {
  '%': /%\((.+?)\)/g,
  '{': /\{(.+?)\}/g,
  $: /\$(?:\$|\{(.+?)\}|([_a-z][_a-z0-9]*))/gi,
} as const;

/** The languages of a field list: Python's three and a list with commas. */
export type FieldListStyle = keyof typeof PATTERNS | ',';

/**
 * The names of the fields that a format lists, in its order.
 *
 * @param format A format string, names in an array, or nothing for `message` alone.
 * @throws {LoggingError} `ERR_LOGGING_FORMAT`, if `validate` is on, for a format that does not fit the style.
 */
export function fieldNames(
  format: string | readonly string[] | undefined,
  style: FieldListStyle,
  validate: boolean,
): readonly string[] {
  if (Array.isArray(format)) return format;
  const text = format as string | undefined;
  if (style === ',')
    return (text ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const compiled = compileFormat({ format: text, style, validate, defaults: undefined, sanitize: 'none' });
  return [...compiled.format.matchAll(PATTERNS[style])].flatMap(([, name, bare]) => name ?? bare ?? []);
}
