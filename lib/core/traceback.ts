import { repr } from '../internal/python-text.js';

/** How deep causes and members are followed, and how many errors are printed in all. */
const MAX_DEPTH = 10;
const MAX_ERRORS = 100;
/** A class name; anything else in `error.name` is not printed as one, so that it cannot pose as a record. */
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,80}$/;

/**
 * The traceback of whatever was thrown: the stack, then every cause and every member of an AggregateError,
 * at every level, indented below what they belong to.
 *
 * Never throws, whatever the value. Text comes out as it is: {@link sanitizeTraceback} makes it safe for a terminal.
 *
 * @param thrown An Error, or any other thrown value.
 */
export function formatTraceback(thrown: unknown): string {
  const lines: string[] = [];
  append(lines, thrown, '', '', { seen: new Set() });
  return lines.join('\n');
}

interface Progress {
  readonly seen: Set<unknown>;
}

function append(lines: string[], thrown: unknown, label: string, indent: string, progress: Progress): void {
  if (typeof thrown === 'object' && thrown !== null) {
    if (progress.seen.has(thrown)) {
      lines.push(`${indent}${label}[shown above] ${header(thrown)}`);
      return;
    }
    if (progress.seen.size >= MAX_ERRORS || indent.length >= MAX_DEPTH * 2) {
      lines.push(`${indent}${label}[more errors left out]`);
      return;
    }
    progress.seen.add(thrown);
  }
  if (!isErrorLike(thrown)) {
    lines.push(`${indent}${label}Thrown value: ${repr(thrown)}`);
    return;
  }
  const [first = '', ...rest] = stackLines(thrown);
  lines.push(`${indent}${label}${first}`);
  for (const line of rest) lines.push(`${indent}${line}`);
  const nested = `${indent}  `;
  const members = read(thrown, 'errors');
  if (Array.isArray(members)) {
    members.forEach((member, index) => {
      append(lines, member, `[error ${index + 1} of ${members.length}] `, nested, progress);
    });
  }
  const cause = read(thrown, 'cause');
  if (cause !== undefined && cause !== null) append(lines, cause, 'caused by ', nested, progress);
}

/** An Error of any realm, or an object that has what makes one. */
export function isErrorLike(value: unknown): value is Error {
  if (value instanceof Error) return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof read(value, 'message') === 'string' &&
    typeof read(value, 'stack') === 'string'
  );
}

/** The stack with a header that tells the class and the message as they are now. */
function stackLines(error: Error): string[] {
  const head = header(error);
  const stack = read(error, 'stack');
  if (typeof stack !== 'string' || stack === '') return head.split('\n');
  // V8 wrote the header when the error was made; name and message may have been set since.
  const message = read(error, 'message');
  const text = typeof message === 'string' ? message : '';
  const at = text === '' ? -1 : stack.indexOf(text);
  const frames = at >= 0 ? stack.indexOf('\n', at + text.length) : stack.search(/\n\s+at /);
  const tail = frames >= 0 ? stack.slice(frames + 1).split('\n') : [];
  return [...head.split('\n'), ...tail];
}

/** `Class: message`; the constructor's name where `name` was left at 'Error'. */
export function header(error: object): string {
  const message = read(error, 'message');
  const name = className(error);
  return typeof message === 'string' && message !== '' ? `${name}: ${message}` : name;
}

/** The name of an error's class. */
export function className(error: object): string {
  const name = read(error, 'name');
  const own = read(read(error, 'constructor'), 'name');
  if (typeof name === 'string' && name !== 'Error' && CLASS_NAME.test(name)) return name;
  if (typeof own === 'string' && own !== 'Object' && CLASS_NAME.test(own)) return own;
  return 'Error';
}

/** Reads a property of a value that may be hostile: a throwing getter reads as `undefined`. */
function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
