/** Precedes a number that stands in a string. The character is one for private use. */
const MARK = '\ue000';
/**
 * Numbers that JavaScript may write in another way, and what looks like them: long ones, those with a fraction or an
 * exponent, and minus zero.
 */
const MAY_CHANGE = /(?<![^\s:,[])(?:-?\d+(?:(?<=\d{16})|(?=[.eE]))[\d.eE+-]*|-0(?![\d.eE]))/g;
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
  if (!hasChanging(text)) return value;
  // It is JSON: all strings are closed, and the expression takes linear time.
  return JSON.parse(
    text.replace(TOKEN, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : `"${MARK}${token}"`,
    ),
  );
}

/** Whether a number would be written in another way. In most texts none would: to read them once more takes four times as long. */
function hasChanging(text: string): boolean {
  MAY_CHANGE.lastIndex = 0;
  for (let found = MAY_CHANGE.exec(text); found !== null; found = MAY_CHANGE.exec(text))
    if (String(Number(found[0])) !== found[0]) return true;
  return false;
}

/** `JSON.stringify` of what {@link readExactJson} read. */
export function writeExactJson(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, '$1').replaceAll(MARK, '');
}

/** Whether a string stands for a number. */
export function isExactNumber(text: string): boolean {
  return text.startsWith(MARK);
}
