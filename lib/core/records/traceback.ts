import { isPlain } from '../../python/json/json-string.js';
import { repr } from '../../python/python-text.js';
import { errorProperties } from '../../redaction/error-properties.js';
import { cutText } from '../../runtime/cut-text.js';
import { causeOf, isSuppressedError, SUPPRESSION } from '../../runtime/error-chain.js';
import { propertyOf } from '../../runtime/hostile-values.js';

/** How deep causes and members are followed, and how many values are printed in all. */
const MAX_DEPTH = 10;
const MAX_VALUES = 100;
/** Characters of one property of an error. */
const MAX_PROPERTY = 1_000;
const PLAIN_NAME = /^[A-Za-z_$][\w$]{0,80}$/;
/** A class name; anything else in `error.name` is not printed as one, so that it cannot pose as a record. */
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,80}$/;

/** How a traceback becomes text. */
export interface TracebackStyle {
  /** What is put between its pieces. */
  readonly newline: string;
  /** Prepares a piece: all its lines but the first begin with `indent`, which is blanks or nothing. */
  readonly lines: (text: string, indent: string) => string;
}

const PLAIN: TracebackStyle = {
  newline: '\n',
  lines: (text, indent) => (indent === '' ? text : text.replaceAll('\n', `\n${indent}`)),
};

/**
 * The traceback of any thrown value: the stack and the error's own properties (`code: 'ENOENT'`), then every cause
 * and every member of an AggregateError, and both errors of a SuppressedError, at every level, indented below what they belong to.
 *
 * Never throws, whatever the value. Text is not escaped: {@link sanitizeTraceback} makes it safe for a terminal.
 *
 * @param thrown An Error, or any other thrown value.
 * @param style How the pieces are joined; default as lines of text.
 * @param loggedBy Names the logger that has already logged an error; its traceback is then not repeated.
 */
export function formatTraceback(
  thrown: unknown,
  style: TracebackStyle = PLAIN,
  loggedBy?: (error: object) => string | undefined,
): string {
  const progress: Progress = { style, text: '', seen: [], count: 0, loggedBy };
  append(progress, thrown, '', '');
  return progress.text;
}

interface Progress {
  readonly style: TracebackStyle;
  text: string;
  /** A list: there are seldom more than two. */
  readonly seen: unknown[];
  count: number;
  readonly loggedBy: ((error: object) => string | undefined) | undefined;
}

function append(progress: Progress, thrown: unknown, label: string, indent: string): void {
  const { seen, style } = progress;
  if (progress.count > 0) progress.text += style.newline;
  progress.text += indent + label;
  progress.count += 1;
  if (progress.count > MAX_VALUES || indent.length > MAX_DEPTH * 2) {
    progress.text += '[more errors left out]';
    return;
  }
  if (!isErrorLike(thrown)) {
    progress.text += `Thrown value: ${style.lines(repr(thrown), indent)}`;
    return;
  }
  if (seen.includes(thrown)) {
    progress.text += `[shown above] ${style.lines(header(thrown), indent)}`;
    return;
  }
  const logger = progress.loggedBy?.(thrown);
  if (logger !== undefined) {
    progress.text += style.lines(`${header(thrown)} [logged above by ${logger}]`, indent);
    return;
  }
  seen.push(thrown);
  progress.text += style.lines(stackText(thrown), indent);
  appendProperties(progress, thrown, `${indent}  `);
  appendMembers(progress, thrown, `${indent}  `);
  appendSuppression(progress, thrown, `${indent}  `);
  const cause = causeOf(thrown);
  if (cause !== undefined && cause !== null) append(progress, cause, 'caused by ', `${indent}  `);
}

/** `code: 'ECONNREFUSED'` and the like, each on a line of its own. */
function appendProperties(progress: Progress, error: object, indent: string): void {
  const { style } = progress;
  for (const [name, value] of errorProperties(error)) {
    const shown = cutText(repr(value), MAX_PROPERTY, '…');
    progress.text += style.newline + indent;
    progress.text += PLAIN_NAME.test(name) ? `${name}: ` : style.lines(`${repr(name)}: `, indent);
    progress.text += isPlain(shown) ? shown : style.lines(shown, indent);
  }
}

/** The members of an AggregateError, or of any error whose `errors` is an array. */
function appendMembers(progress: Progress, error: object, indent: string): void {
  const members = membersOf(error);
  const total = isArray(members) ? Number(propertyOf(members, 'length')) : 0;
  for (let at = 0; at < total; at += 1) {
    append(progress, propertyOf(members, String(at)), `[error ${at + 1} of ${total}] `, indent);
    if (progress.count > MAX_VALUES) return;
  }
}

/** Both errors of a SuppressedError, which says nothing but that there are two. */
function appendSuppression(progress: Progress, error: object, indent: string): void {
  if (!isSuppressedError(error)) return;
  for (const name of SUPPRESSION) append(progress, propertyOf(error, name), `[${name}] `, indent);
}

/** An Error of any realm, or an object that has what makes one. */
export function isErrorLike(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (value instanceof Error) return true;
  } catch {
    return false;
  }
  return typeof messageOf(value) === 'string' && typeof stackOf(value) === 'string';
}

/** The stack with a header of the current class and message. */
function stackText(error: Error): string {
  const name = className(error);
  const message = messageOf(error);
  const stack = stackOf(error);
  if (isHeadedBy(stack, name, message)) return stack;
  const head = headerOf(name, message);
  if (typeof stack !== 'string' || stack === '' || stack === head) return head;
  if (stack.startsWith(`${head}\n`)) return stack;
  // V8 wrote the header when the error was made; name and message may have been set since.
  const at = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  const frames = at < 0 ? stack.search(/\n\s+at /) : stack.indexOf('\n', at + (message as string).length);
  if (frames >= 0) return head + stack.slice(frames);
  // Not one of V8's stacks: other engines and transpilers have frames of another form.
  return at < 0 ? `${head}\n${stack}` : head;
}

/**
 * Whether a stack begins with this name and message, as nearly all do. Piece by piece: to join them first takes four times
 * as long.
 */
function isHeadedBy(stack: unknown, name: string, message: unknown): stack is string {
  if (typeof stack !== 'string' || typeof message !== 'string' || message === '') return false;
  const start = name.length + 2;
  return (
    stack.indexOf(message, start) === start &&
    stack.indexOf(name) === 0 &&
    stack.charCodeAt(start - 2) === 0x3a &&
    stack.charCodeAt(start - 1) === 0x20 &&
    stack.charCodeAt(start + message.length) === 0x0a
  );
}

/** `Class: message`; the constructor's name where `name` was left at 'Error'. */
export function header(error: object): string {
  return headerOf(className(error), messageOf(error));
}

function headerOf(name: string, message: unknown): string {
  return typeof message === 'string' && message !== '' ? `${name}: ${message}` : name;
}

/** The name of an error's class. */
export function className(error: object): string {
  const name = nameOf(error);
  if (typeof name === 'string' && name !== 'Error' && CLASS_NAME.test(name)) return name;
  const own = nameOf(constructorOf(error));
  if (typeof own === 'string' && own !== 'Object' && own !== 'Error' && CLASS_NAME.test(own)) return own;
  return 'Error';
}

// A function for each property, so that the engine can optimise each. A getter that throws reads as `undefined`.

/** The message of an error, whatever it is. */
export function messageOf(error: { message?: unknown }): unknown {
  try {
    return error.message;
  } catch {
    return undefined;
  }
}

function stackOf(error: { stack?: unknown }): unknown {
  try {
    return error.stack;
  } catch {
    return undefined;
  }
}

function nameOf(error: { name?: unknown } | undefined): unknown {
  try {
    return error?.name;
  } catch {
    return undefined;
  }
}

function constructorOf(error: object): { name?: unknown } | undefined {
  try {
    return error.constructor;
  } catch {
    return undefined;
  }
}

function membersOf(error: { errors?: unknown }): unknown {
  try {
    return error.errors;
  } catch {
    return undefined;
  }
}

/** `Array.isArray` throws for a revoked proxy. */
function isArray(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
