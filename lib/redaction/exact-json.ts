/** Precedes a number that stands in a string. The character is one for private use. */
const MARK = '\ue000';
/** Matches numbers that JavaScript may write in another way: long ones, and those with a fraction or an exponent. */
const MAY_CHANGE = /\d{16}|\d[.eE]/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const MARKED = /"\ue000(-?\d[\d.eE+-]*)"/g;

/**
 * `JSON.parse` that keeps each digit: a number that JavaScript would write in another way (`12345678901234567890`, `1.0`)
 * is a string that {@link writeExactJson} writes as the number.
 *
 * @throws SyntaxError for what is not JSON.
 */
export function readExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!MAY_CHANGE.test(text)) return value;
  // It is JSON: all strings are closed, and the expression takes linear time.
  return JSON.parse(
    text.replace(TOKEN, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : `"${MARK}${token}"`,
    ),
  );
}

/** `JSON.stringify` of what {@link readExactJson} read. */
export function writeExactJson(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, '$1').replaceAll(MARK, '');
}

/** Whether a string stands for a number. */
export function isExactNumber(text: string): boolean {
  return text.startsWith(MARK);
}
