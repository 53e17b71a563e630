/** How many characters Python counts in `text`: code points, where a lone surrogate is one. */
export function codePointLength(text: string): number {
  let count = text.length;
  const last = text.length - 1;
  for (let at = 0; at < last; at++) {
    if (isSurrogatePairAt(text, at)) {
      count--;
      at++;
    }
  }
  return count;
}

/** `text[:count]` of Python: never cuts a character in half. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text;
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left--) {
    at += isSurrogatePairAt(text, at) ? 2 : 1;
  }
  return text.slice(0, at);
}

function isSurrogatePairAt(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}
