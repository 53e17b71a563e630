/** How deep values may refer to values. */
const MAX_DEPTH = 10;

/** A value whose `%` cannot be read. */
export class InterpolationError extends Error {}

/**
 * Replaces `%(key)s` by other values of the section and `%%` by `%`, as `configparser` does.
 *
 * @param text The value.
 * @param lookUp Gives the text of a key, in lower case, of the same section or of the defaults.
 * @throws {InterpolationError}
 * @see https://docs.python.org/3/library/configparser.html#configparser.BasicInterpolation
 */
export function interpolate(text: string, lookUp: (key: string) => string | undefined, depth = 1): string {
  if (depth > MAX_DEPTH)
    throw new InterpolationError('values refer to each other too deeply, or in a circle');
  let result = '';
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at);
    if (percent < 0) return result + text.slice(at);
    result += text.slice(at, percent);
    if (text[percent + 1] === '%') {
      result += '%';
      at = percent + 2;
      continue;
    }
    const [whole, name] = /^%\(([^)]+)\)s/.exec(text.slice(percent)) ?? [];
    if (whole === undefined || name === undefined) {
      throw new InterpolationError(`a % comes before (name)s or another %, in ${JSON.stringify(text)}`);
    }
    const value = lookUp(name.toLowerCase());
    if (value === undefined)
      throw new InterpolationError(
        `%(${name})s: there is no key "${name.toLowerCase()}" in this section, nor a default`,
      );
    result += value.includes('%') ? interpolate(value, lookUp, depth + 1) : value;
    at = percent + whole.length;
  }
  return result;
}
