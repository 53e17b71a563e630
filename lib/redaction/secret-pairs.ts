import { lazyPattern } from '../runtime/lazy.js';
import type { SecretKeys } from './secret-keys.js';
import { type FoundName, findValue, type TextSpan } from './secret-value.js';
import { Separators, separatorAt } from './separators.js';

/** Characters of a name. */
const MAX_NAME = 64;
const wordBefore = lazyPattern(String.raw`[\p{L}\p{N}_.$-]{1,64}$`, 'u');
const separateWordBefore = lazyPattern(String.raw`[\p{L}\p{N}_-]{1,32}(?=[ \t]$)`, 'u');
const nameAtEnd = lazyPattern(
  String.raw`([\p{L}\p{N}_.$-]{2,64})["'\x60]?[ \t]*(?:(?:[:=]|=>|->)\s*)?(?:\b(?:is|was)[ \t]+)?["'\x60([{<]?$`,
  'u',
);
/** Words that only mean a secret with the word before them: `api key`, `session id`. */
const DEPENDENT = /(?:keys?|code|phrase|id|value|is|was|header|string)/iy;
const LONGEST_DEPENDENT = 6;
/** Units of the word before: 32 characters, each of up to two. */
const LONGEST_WORD = 64;
/** A file of source text: `session.ts:12:7` is a place. */
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|json|ya?ml|py|java|html?|css|vue|node|md|txt|log|map|rb|go|php)$/i;
/** How many characters before a separator can be a name and its closing characters. */
const REACH = 120;

/**
 * Replaces the values of secret names in a string: `password=…`, `"apiKey": "…"`, `--token …`,
 * `<secret>…</secret>`, headers, form fields, JSON inside JSON; nested values as a whole.
 */
export function redactPairs(text: string, keys: SecretKeys, censor: string): string {
  let result = '';
  let end = 0;
  const separators = new Separators(text);
  for (let at = separators.from(0), next = 0; at < text.length; at = separators.from(next)) {
    const separator = separatorAt(text, at);
    next = at + separator.length;
    const found = suspectBefore(text, at, end, keys);
    if (found === undefined || !isSecretName(found, separator, keys)) continue;
    const value = findValue(text, next, separator, found);
    if (value === undefined || isHarmless(text, value, found, keys, censor)) continue;
    result += text.slice(end, value.start) + (value.quote + censor + value.quote);
    end = value.end;
    next = end;
  }
  return redactPhrases(end === 0 ? text : result + text.slice(end), keys, censor);
}

/** Whether a string has a name of a secret before a separator, whatever follows it. */
export function namesSecret(text: string, keys: SecretKeys): boolean {
  const separators = new Separators(text);
  for (let at = separators.from(0); at < text.length; at = separators.from(at + 1)) {
    const found = suspectBefore(text, at, 0, keys);
    if (found !== undefined && isSecretName(found, separatorAt(text, at), keys)) return true;
  }
  return false;
}

/**
 * The name that ends at an index; `undefined` if there is none, or it is known to be none of a secret.
 *
 * @param floor Where to stop looking.
 */
function suspectBefore(text: string, index: number, floor: number, keys: SecretKeys): FoundName | undefined {
  let to = index;
  while (to > floor && index - to < 16 && isBlank(text.charCodeAt(to - 1))) to -= 1;
  const last = text.charCodeAt(to - 1);
  // Most separators follow a digit, as in a time, or nothing a name could end with.
  if (to <= floor || last <= 0x21 || (isDigit(last) && isPartOfNumber(text, to))) return undefined;
  const from = Math.max(floor, to - REACH);
  const end = to - closingLength(text, from, to);
  const start = startOfName(text, from, end);
  if (start === end) return undefined;
  if (keys.harmless.has(text, start, end)) return undefined;
  const isJoined = start > from && isBlank(text.charCodeAt(start - 1)) && isDependent(text, start, end);
  if (!isJoined && keys.harmlessAlone.has(text, start, end)) return undefined;
  const name = text.slice(start, end);
  const before = text.slice(from, start);
  return {
    name: isJoined ? joinWord(before, name) : name,
    quote: text[to - 1] === '"' ? text.slice(end, to) : '',
    before,
  };
}

/** Whether two characters before the digit that ends at an index are digits or signs; not for a quote in a URL, `%22`. */
function isPartOfNumber(text: string, end: number): boolean {
  const first = text.charCodeAt(end - 3);
  return text.charCodeAt(end - 2) < 0x40 && first < 0x40 && first !== 0x25;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The length of what closes a name: quotes, escaped or not, brackets, and the same within a URL or HTML. */
function closingLength(text: string, from: number, to: number): number {
  switch (text.charCodeAt(to - 1)) {
    case 0x22: // "
    case 0x27: // '
    case 0x60: {
      let start = to - 1;
      while (start > from && to - start <= 8 && text.charCodeAt(start - 1) === 0x5c) start -= 1;
      return to - start;
    }
    case 0x5d: // ]
      return 1;
    case 0x32: // 2
      return endsWith(text, '%22', from, to);
    case 0x37: // 7
      return endsWith(text, '%27', from, to);
    case 0x44: // D
      return endsWith(text, '%5D', from, to);
    case 0x64: // d
      return endsWith(text, '%5d', from, to);
    case 0x3b: // ;
      return endsWith(text, '&quot;', from, to);
    default:
      return 0;
  }
}

function endsWith(text: string, what: string, from: number, to: number): number {
  const start = to - what.length;
  return start >= from && text.startsWith(what, start) ? what.length : 0;
}

/** Whether a name only means a secret with the word before it. */
function isDependent(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST_DEPENDENT) return false;
  DEPENDENT.lastIndex = start;
  return DEPENDENT.test(text) && DEPENDENT.lastIndex === end;
}

/**
 * Where the name begins that ends at an index; the index itself if none does.
 *
 * A stack trace has a hundred separators: for each of them, the regular expression would be tried at a hundred places.
 */
function startOfName(text: string, from: number, end: number): number {
  const least = Math.max(from, end - MAX_NAME);
  let start = end;
  while (start > least) {
    const code = text.charCodeAt(start - 1);
    if (code > 0x7f) return end - (wordBefore().exec(text.slice(from, end))?.[0].length ?? 0);
    if (!isNameCode(code)) break;
    start -= 1;
  }
  return start;
}

/** Whether an ASCII character is one of those in {@link wordBefore}. */
function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x24 ||
    code === 0x2d
  );
}

function joinWord(before: string, name: string): string {
  const word = separateWordBefore().exec(before.slice(-LONGEST_WORD - 1))?.[0];
  return word === undefined ? name : `${word} ${name}`;
}

function isSecretName({ name, before }: FoundName, separator: string, keys: SecretKeys): boolean {
  if (separator === '>' && !before.endsWith('<')) return false;
  const verdict = keys.of(name);
  if (!verdict.isSecret) {
    const dot = name.lastIndexOf('.');
    if (dot < 0 || !keys.isSecret(name.slice(dot + 1))) {
      const names = isDependent(name, 0, name.length) ? keys.harmlessAlone : keys.harmless;
      names.add(verdict.name);
      return false;
    }
  }
  return !(separator === ':' && SOURCE_FILE.test(name));
}

/** Words that are not values. */
const LITERAL = /^(?:true|false|null|undefined|none|nil|nan|\*+|x{3,}|<?\[?redacted\]?>?)$/i;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[a-z]{1,2})?$/;
/** After a colon and a blank, the beginning of a sentence rather than a value. */
const SENTENCE = new Set(
  (
    'a an and any are bad been boolean but can cannot check closed created deleted denied disabled does done empty ' +
    'enabled ended error expected expired failed for found from generated got granted has have if in incorrect invalid is ' +
    'it malformed may mismatch missing must never new no not number object of ok on only or please ready received ' +
    'refreshed rejected removed required revoked rotated see set should started string than that the they this to too ' +
    'unable unexpected unknown unset updated used user using valid verified was we were when will with would wrong yes you your'
  ).split(' '),
);

function isHarmless(
  text: string,
  value: TextSpan,
  found: FoundName,
  keys: SecretKeys,
  censor: string,
): boolean {
  const { start, end } = value;
  if (end <= start) return true;
  if (end - start > 64) return false;
  const shown = text.slice(start, end);
  if (shown === censor || LITERAL.test(shown)) return true;
  if (NUMBER.test(shown)) {
    // A port: `redis://session-store:6379`.
    if (/(?:\/\/|@)$/.test(found.before) && /^\d{1,5}$/.test(shown)) return true;
    return !keys.isSecretNumber(found.name);
  }
  return value.isSpaced && SENTENCE.has(shown.toLowerCase());
}

/** `--password …`, and `password '…'` as in SQL and in sentences. */
const OPTION = /(?<![\w-])--?([A-Za-z][\w-]{1,40})([ \t]+)(?!--)("[^"\n]*"|'[^'\n]*'|[^\s"']+)/g;
const QUOTED = /(?<![\w])([A-Za-z][\w-]{1,40}[ \t]+(?:(?:is|was|with|by)[ \t]+)?)(["'`])([^"'`\n]{3,256})\2/g;

function redactPhrases(text: string, keys: SecretKeys, censor: string): string {
  let result = text;
  if (result.includes('-')) {
    result = result.replace(OPTION, (all: string, name: string, space: string, value: string) =>
      keys.isSecret(name) && value !== censor
        ? `${all.slice(0, all.indexOf(name))}${name}${space}${censor}`
        : all,
    );
  }
  if (!/[ \t]["'`]/.test(result)) return result;
  return result.replace(QUOTED, (all: string, words: string, quote: string, value: string, at: number) => {
    const name = words.split(/[ \t]/, 1)[0] as string;
    // Messages of parsers: Unexpected token 'abc'.
    if (
      !keys.isSecret(name) ||
      value === censor ||
      /nexpected\s$/.test(result.slice(Math.max(0, at - 12), at))
    )
      return all;
    return words + quote + censor + quote;
  });
}

/** Whether a string ends with a secret name, so that what follows is its value: `the password is `. */
export function endsWithSecretName(text: string, keys: SecretKeys): string | undefined {
  const tail = text.slice(-REACH);
  const name = nameAtEnd().exec(tail);
  if (name?.[1] === undefined) return undefined;
  const joined = isDependent(name[1], 0, name[1].length)
    ? joinWord(tail.slice(0, name.index), name[1])
    : name[1];
  return keys.isSecret(joined) ? joined : undefined;
}
