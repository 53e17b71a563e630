import { lazy } from '../../runtime/lazy.js';

/** Characters looked at sixteen at a time; a longer text is left to a regular expression, a shorter one too. */
const MOST = 16_384;
const LEAST = 128;

const UNUSUAL = /[^ !#-[\]-~\n]/;

const BLANK = 0x20;

/** The bit pattern repeated in each of the four bytes of a word. */
const TO_HIGHEST_BIT = 0x60606060;
const HIGHEST_BITS = 0x80808080;

/** Where texts are laid out to be looked at; little-endian or not is all the same. */
const space = lazy(() => {
  // A string that is not ASCII always takes more bytes than it has characters.
  const bytes = Buffer.allocUnsafeSlow(MOST + 16);
  return { bytes, words: new Int32Array(bytes.buffer) };
});

/**
 * A string with each newline replaced, if it consists of printable ASCII and newlines, without quotation marks
 * and backslashes: JSON needs nothing escaped but the newlines. `undefined` for any other string.
 *
 * Made for tracebacks: a thousand characters take a third of what a regular expression takes.
 */
export function joinPlainLines(text: string, newline: string): string | undefined {
  const { length } = text;
  if (length > MOST) return UNUSUAL.test(text) ? undefined : text.replaceAll('\n', newline);
  // The first character is read so that the engine joins the pieces of the text: the expression would take longer for that.
  if (length < LEAST)
    return text.charCodeAt(0) > 0x7e || UNUSUAL.test(text) ? undefined : joinLines(text, newline);
  // Each of these searches costs next to nothing.
  if (text.includes('"') || text.includes('\\') || text.includes('\x7f')) return undefined;
  if (space().bytes.write(text, 0, length + 4) !== length) return undefined;
  let joined = '';
  let start = 0;
  for (let left = countControls(length); left > 0; left -= 1) {
    const end = text.indexOf('\n', start);
    // As many characters below a blank, but not as many newlines.
    if (end < 0) return undefined;
    joined += text.slice(start, end) + newline;
    start = end + 1;
  }
  return joined + text.slice(start);
}

/** For a few lines faster than `replaceAll`. */
function joinLines(text: string, newline: string): string {
  let joined = '';
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    joined += text.slice(start, end) + newline;
    start = end + 1;
  }
  return start === 0 ? text : joined + text.slice(start);
}

/** How many of the ASCII characters laid out are below a blank. */
function countControls(length: number): number {
  const { bytes, words } = space();
  const end = ((length + 15) >> 4) << 4;
  for (let at = length; at < end; at += 1) bytes[at] = BLANK;
  let count = 0;
  for (let word = 0; word < end >> 2; word += 4) {
    const a = controlsOf(words[word]!);
    const b = controlsOf(words[word + 1]!);
    const c = controlsOf(words[word + 2]!);
    const d = controlsOf(words[word + 3]!);
    if ((a | b | c | d) !== 0) count += sumOfBytes((a >>> 7) + (b >>> 7) + (c >>> 7) + (d >>> 7));
  }
  return count;
}

/** The highest bit of each byte of ASCII that is below a blank: those that are not reach it by the addition. */
function controlsOf(word: number): number {
  return ~(word + TO_HIGHEST_BIT) & HIGHEST_BITS;
}

function sumOfBytes(word: number): number {
  return Math.imul(word, 0x01010101) >>> 24;
}
