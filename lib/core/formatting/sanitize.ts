import { rememberPassed } from '../../python/passed-texts.js';
import { cutAndCount } from '../../runtime/cut-text.js';
import { MAX_TEXT } from '../../runtime/limits.js';

/**
 * How text formatters treat control characters in what they interpolate.
 *
 * - `'escape'`: controls are escaped, and lines after the first are indented, so that no line of one record can
 *   pass for another record; the default. Where records may begin with blanks, these lines begin with `| ` instead.
 * - `'line'`: newlines are escaped too; a record without a traceback is one physical line.
 * - `'none'`: Python's bytes, untouched. Only for text that nobody outside can influence.
 */
export type Sanitize = 'escape' | 'line' | 'none';

const MAX_TRACEBACK = 131_072;

/** The prefix of each line of a record except the first. */
const INDENT = '    ';
/** The same where records may begin with blanks themselves. */
const MARK = '| ';

/** The prefix for a format. @param beginsBlank Whether its records may begin with blanks: `%(levelname)8s`. */
export function continuationOf(beginsBlank: boolean): string {
  return beginsBlank ? MARK : INDENT;
}

// C0 but tab and newline, DEL, C1, the bidirectional marks and overrides, and Unicode's line separators.
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// The same and newline: one test decides whether a string needs no change.
const SUSPECT = /[\0-\x08\n-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

// One range: a third faster to test, and most strings contain nothing else.
const UNUSUAL = /[^ -~]/;

/** Whether a string needs no escaping. */
function isPlain(text: string): boolean {
  // It is cut, so that most of it need not be looked at.
  if (text.length > MAX_TEXT) return false;
  // The first character is read so that the engine joins the pieces of a concatenated text: a regular expression would take
  // longer for that.
  const isUnusual = text.charCodeAt(0) > 0x7e || UNUSUAL.test(text);
  return !(isUnusual && SUSPECT.test(text));
}

/** Escapes control characters as `\x1b` or `\u2028`; newlines too (`\n`) if asked. */
export function escapeControls(text: string, escapesNewlines: boolean): string {
  if (!SUSPECT.test(text)) return text;
  const escaped = text.replace(CONTROLS, escapeCharacter);
  return escapesNewlines ? escaped.replaceAll('\n', '\\n') : escaped;
}

function escapeCharacter(character: string): string {
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * The function that makes one interpolated text safe under a mode; it cuts strings longer than 64 Ki characters.
 *
 * @param continuation See {@link continuationOf}.
 */
export function sanitizer(mode: Sanitize, continuation = INDENT): ((text: string) => string) | undefined {
  if (mode === 'none') return undefined;
  const isHarmless = rememberPassed(isPlain);
  const clean = mode === 'line' ? toOneLine : (text: string) => toIndentedLines(text, continuation);
  return (text) => (isHarmless(text) ? text : clean(text));
}

// Cut before it is escaped: a text that is cut off should not be escaped first.

function toOneLine(text: string): string {
  return escapeControls(cutAndCount(text, MAX_TEXT), true);
}

function toIndentedLines(text: string, continuation: string): string {
  return escapeControls(cutAndCount(text, MAX_TEXT), false).replaceAll('\n', `\n${continuation}`);
}

/**
 * How tracebacks and stacks begin, here and in Python. A text that was received with a record, or that a filter has set, may
 * begin otherwise, and pose as a record.
 */
const HEADING =
  /^(?:Traceback \(|Stack \(most recent|Thrown value: |(?!(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL|NOTSET)\b)[A-Za-z_$][\w$.]*(?::? |:?\n|:?$))/;

/**
 * Makes a traceback safe. Controls are escaped, every line after the first is indented, and so is the first if it does
 * not begin as a traceback does. It is cut after 128 Ki characters.
 *
 * @param continuation See {@link continuationOf}.
 */
export function sanitizeTraceback(text: string, continuation = INDENT): string {
  const shown = escapeControls(cutAndCount(text, MAX_TRACEBACK), false);
  // Blanks are indentation already, unless records may begin with them.
  const isHeaded = HEADING.test(shown) || (continuation === INDENT && /^[ \t]/.test(shown));
  const escaped = isHeaded ? shown : continuation + shown;
  if (!escaped.includes('\n')) return escaped;
  // Frames are indented already.
  return escaped.replace(continuation === INDENT ? /\n(?![ \t])/g : /\n/g, `\n${continuation}`);
}
