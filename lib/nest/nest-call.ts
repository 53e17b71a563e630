import type { LogOptions } from '../core/call-arguments.js';
import { isTaken } from '../core/log-record.js';
import { isErrorLike } from '../core/traceback.js';

/** A call of one of Nest's logger methods, its arguments told apart. */
export interface NestCall {
  readonly messages: readonly unknown[];
  readonly context: string | undefined;
  /** What was given as a stack. */
  readonly stack?: string | undefined;
}

/**
 * Tells the arguments of `log`, `warn`, `debug` and `verbose` apart: the last one is the context if it is a string.
 */
export function readNestCall(message: unknown, rest: readonly unknown[]): NestCall {
  const last = rest[rest.length - 1];
  return typeof last === 'string'
    ? { messages: [message, ...rest.slice(0, -1)], context: last }
    : { messages: [message, ...rest], context: undefined };
}

/**
 * Tells the arguments of `error` and `fatal` apart: after the message there may be a stack, then a context.
 *
 * Of two arguments the second is a stack if it looks like one, else the context.
 */
export function readErrorCall(message: unknown, rest: readonly unknown[]): NestCall {
  const last = rest[rest.length - 1];
  if (rest.length <= 1) {
    if (rest.length === 1 && (last === undefined || isStack(last)))
      return { messages: [message], context: undefined, stack: last };
    return readNestCall(message, rest);
  }
  if (isStack(last)) return { ...readNestCall(message, rest.slice(0, -1)), stack: last };
  const call = readNestCall(message, rest);
  const beforeContext = call.messages[call.messages.length - 1];
  if (call.messages.length <= 1 || (typeof beforeContext !== 'string' && beforeContext !== undefined))
    return call;
  return { messages: call.messages.slice(0, -1), context: call.context, stack: beforeContext };
}

function isStack(value: unknown): value is string {
  return typeof value === 'string' && /\n[ \t]+at .+:\d+:\d+/.test(value);
}

/** What is logged: the messages, and the options of the first. */
export interface DescribedCall {
  readonly messages: readonly unknown[];
  readonly options: LogOptions | undefined;
}

/**
 * Turns a call into what the tree takes: plain objects after the message become `extra` fields, the first Error or
 * the stack becomes the traceback, functions are called and classes named.
 */
export function describeCall(call: NestCall): DescribedCall {
  const [first, ...others] = call.messages.map(resolveMessage);
  const rest = others.filter((message) => !isPlainObject(message));
  const fields = others.filter(isPlainObject);
  const error = [first, ...rest].find((message) => message instanceof Error);
  const messages = [
    error !== undefined && first === error ? textOf(error) : first,
    ...rest.filter((message) => message !== error),
  ];
  const excInfo = error ?? (call.stack === undefined ? undefined : parseStack(call.stack));
  if (excInfo === undefined && fields.length === 0) return { messages, options: undefined };
  return {
    messages,
    options: {
      ...(excInfo !== undefined && { excInfo }),
      ...(fields.length > 0 && { extra: mergeParams(fields) }),
    },
  };
}

function textOf(error: Error): string {
  return error.message || error.name;
}

function resolveMessage(message: unknown): unknown {
  let resolved = message;
  // A function may give a function, as with Nest; not for ever, though.
  for (let depth = 0; typeof resolved === 'function' && depth < 10; depth += 1) {
    if (/^class\b/.test(Function.prototype.toString.call(resolved))) return resolved.name;
    try {
      resolved = (resolved as () => unknown)();
    } catch (error) {
      // What was to be logged is not known; that it failed is.
      return error;
    }
  }
  return resolved;
}

/** Later objects win; names that records have already are kept apart under `params`. */
function mergeParams(objects: readonly object[]): Record<string, unknown> {
  const extra: Record<string, unknown> = {};
  const params: Record<string, unknown> = {};
  for (const [key, value] of objects.flatMap((object) => Object.entries(object))) {
    const target = isTaken(key) ? params : extra;
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return Object.keys(params).length === 0 ? extra : { ...extra, params };
}

/** An Error in all but identity: the traceback prints it as it was. */
function parseStack(stack: string): unknown {
  if (!isStack(stack)) return stack;
  const head = stack.slice(0, stack.search(/\n[ \t]+at /));
  const named = /^([A-Za-z_$][\w$.]*)(?:: ([\s\S]*))?$/.exec(head);
  return { name: named?.[1] ?? 'Error', message: named === null ? head : (named[2] ?? ''), stack };
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isErrorLike(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
