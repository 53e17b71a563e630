/**
 * The beginning of a text: at most `length` UTF-16 units, never half a character.
 *
 * @param ending What follows the beginning of a longer text; default nothing.
 */
export function cutText(text: string, length: number, ending = ''): string {
  if (text.length <= length) return text;
  const isHalf = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800;
  return text.slice(0, Math.max(0, isHalf ? length - 1 : length)) + ending;
}

/**
 * The same, and how much is missing: `… [1200 more characters]`.
 *
 * @param total How long the text was before something else cut it; default its length.
 */
export function cutAndCount(text: string, length: number, total = text.length): string {
  if (total <= length) return text;
  const shown = cutText(text, length);
  return `${shown}… [${total - shown.length} more characters]`;
}

/**
 * The longest beginning of a text that takes no more than `maxBytes` in UTF-8; never half a character.
 *
 * @param maxBytes At least 1.
 */
export function cutToBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return read === text.length ? text : text.slice(0, read);
}
