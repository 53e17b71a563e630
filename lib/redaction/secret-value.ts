/** A name in a string. */
export interface FoundName {
  /** The name, with the word before it where it means nothing by itself. */
  readonly name: string;
  /** Its closing double quote, if any: an unquoted value is then replaced by a quoted one. */
  readonly quote: string;
  /** What precedes it. */
  readonly before: string;
}

/** A part of a string that is to be replaced. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
  /** What is to be put around its replacement. */
  readonly quote: string;
  /** Whether it follows a colon and a blank unquoted, as sentences do. */
  readonly isSpaced: boolean;
}

const QUOTE = /(\\{0,8})(["'`])|%22|&quot;/y;
const SPACE = /(?:[ \t]|%20|\+(?=["']))*(?:\r?\n[ \t]*(?=\\{0,8}["'[{]))?/y;
/** Credentials of one word after the name of their scheme, and those that go on to the end of the line. */
const SCHEME = /(?:bearer|basic|token|negotiate|ntlm|jwt|api-?key|key|dpop)(?:[ \t]+|%20|\+)(?=[^\s])/iy;
const LONG_SCHEME = /(?:digest|hawk|oauth|signature|scram\S*|(?:aws4-)?hmac\S*)[ \t]/iy;
/** Names whose values have blanks in them. */
const WORDY = /phrase|mnemonic|seed/i;
const COOKIE = /cookie/i;
const COOKIES = /[^\s;,"'`=]+=[^\r\n"'`]*/y;
const REST_OF_LINE = /[^\r\n"'`]*/y;
/** The beginning of the next pair. */
const NEXT_PAIR = /(?:amp;)?["'\s]*[\w.%[\]-]{1,64}["']?\s*[=:]/y;

/**
 * Where the value is that follows a name.
 *
 * @param at The end of the separator.
 * @returns `undefined` if nothing follows that could be one.
 */
export function findValue(
  text: string,
  at: number,
  separator: string,
  found: FoundName,
): TextSpan | undefined {
  if (separator === '>') return span(at, indexFrom(text, '<', at));
  let from = at;
  if (separator === '=') while (text[from] === '=' || text[from] === '>') from += 1;
  else if (text[from] === ':' || text.startsWith('//', from)) return undefined;
  else if (text[from] === '=') from += 1;
  const start = from + length(SPACE, text, from);
  const isSpaced = separator === ':' && start > from;
  const quoted = findQuoted(text, start);
  if (quoted !== undefined) return quoted;
  const first = text[start];
  if (first === undefined || first === '\n' || first === '\r' || first === '\\')
    return separator === ':' ? findBelow(text, start, found) : undefined;
  if (first === '{' || first === '[') return span(start, closingOf(text, start), found.quote);
  return span(start, endOfBare(text, start, found), found.quote, isSpaced);
}

/** One or two ends of lines, in strings within strings too. */
const NEXT_LINE = /(?:(?:\r?\n|\\{1,4}r(?=\\)|\\{1,4}n)[ \t]*){1,4}/y;
/** A line of one word: several words are more likely a sentence. */
const ONE_WORD = /[^\s\\]+[ \t]*(?=$|[\r\n"'\\])/y;

/** A value that has the next line to itself: what a person types after `password:`. */
function findBelow(text: string, at: number, found: FoundName): TextSpan | undefined {
  const start = at + length(NEXT_LINE, text, at);
  if (start === at || length(NEXT_PAIR, text, start) > 0) return undefined;
  if (length(ONE_WORD, text, start) === 0 && !WORDY.test(found.name)) return undefined;
  return span(start, endOfBare(text, start, found), '', true);
}

function span(start: number, end: number, quote = '', isSpaced = false): TextSpan {
  return { start, end, quote, isSpaced };
}

function length(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function indexFrom(text: string, what: string, at: number): number {
  const index = text.indexOf(what, at);
  return index < 0 ? text.length : index;
}

/** A value in quotes, in those of JSON inside JSON, or in those of a URL. */
function findQuoted(text: string, at: number): TextSpan | undefined {
  QUOTE.lastIndex = at;
  const open = QUOTE.exec(text);
  if (open === null) return undefined;
  const start = at + open[0].length;
  const [mark, slashes = '', quote] = open;
  if (quote === undefined) return span(start, indexFrom(text, mark, start));
  const end = endOfQuoted(text, start, quote, slashes.length);
  // An apostrophe, or a string that was cut.
  if (end === undefined) return quote === '"' ? span(start, text.length) : undefined;
  return span(start, end);
}

/** Where a quoted value ends; a quote inside of it has more backslashes before it than those around it. */
function endOfQuoted(text: string, start: number, quote: string, slashes: number): number | undefined {
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let count = 0;
    while (at - count > start && text[at - count - 1] === '\\') count += 1;
    const isEnd = slashes === 0 ? count % 2 === 0 : count >= slashes && (count - slashes) % 4 === 0;
    if (isEnd) return at - Math.min(slashes, count);
    if (count < slashes) return at;
  }
  return undefined;
}

/** After the bracket that closes the one at an index; quotes in between may hold others. */
function closingOf(text: string, at: number): number {
  let depth = 0;
  // Quotes that nothing closes: to search the rest of the text for each of them takes quadratic time.
  const open = new Set<string>();
  for (let index = at; index < text.length; index += 1) {
    const character = text[index];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"' || character === "'") {
      const slashes = countSlashes(text, index);
      const kind = character + slashes;
      const end = open.has(kind) ? undefined : endOfQuoted(text, index + 1, character, slashes);
      if (end === undefined) open.add(kind);
      else index = end + slashes;
    }
    if (depth === 0) return index + 1;
  }
  return text.length;
}

function countSlashes(text: string, at: number): number {
  let count = 0;
  while (text[at - count - 1] === '\\' && count < 8) count += 1;
  return count;
}

/** Where a value without quotes ends: generous, because secrets may contain any character. */
function endOfBare(text: string, start: number, { name, before }: FoundName): number {
  if (WORDY.test(name)) return start + length(REST_OF_LINE, text, start);
  if (COOKIE.test(name)) {
    const cookies = length(COOKIES, text, start);
    if (cookies > 0) return start + cookies;
  }
  if (length(LONG_SCHEME, text, start) > 0) return start + length(/[^\r\n]*/y, text, start);
  const enclosing = /["'`]/.exec(before.slice(-1))?.[0];
  let end = start + length(SCHEME, text, start);
  while (end < text.length && !isEnd(text, end, enclosing)) end += 1;
  return withoutPunctuation(text, start, end);
}

function isEnd(text: string, at: number, enclosing: string | undefined): boolean {
  const character = text[at] as string;
  if (character <= ' ') return true;
  switch (character) {
    case '&':
    case ';':
    case ',':
      return at + 1 >= text.length || length(NEXT_PAIR, text, at + 1) > 0;
    case '"':
    case "'":
    case '`':
      return character === enclosing || at + 1 >= text.length || /[\s,;:)}\]>]/.test(text[at + 1] as string);
    case '\\':
      // The end of a string within a string.
      return /^\\+["'nrt]/.test(text.slice(at, at + 10));
    case '<':
      return /[/A-Za-z!]/.test(text[at + 1] ?? '');
    default:
      return false;
  }
}

function withoutPunctuation(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && ',;.)]}>'.includes(text[last - 1] as string)) {
    const opening = OPENING[text[last - 1] as string];
    if (opening !== undefined && text.slice(start, last).includes(opening)) break;
    last -= 1;
  }
  return last === start ? end : last;
}

/** A bracket that was opened in a value belongs to it. */
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' };
