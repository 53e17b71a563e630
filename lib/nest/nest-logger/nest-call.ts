import { addFields, isError, type LogCall, messageFrom } from '../../core/calls/call-options.js';
import { errorWithin } from '../../core/calls/nested-errors.js';
import { errorOfStack, isStackText } from '../../core/calls/stack-text.js';
import type { Fields } from '../../core/records/log-record.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import { isPlainObject } from '../../runtime/plain-object.js';

/** A call of one of Nest's logger methods, its arguments parsed. */
export interface NestCall {
  readonly messages: readonly unknown[];
  readonly context: string | undefined;
  /** What was given as a stack. */
  readonly stack?: string | undefined;
}

/**
 * Parses the arguments of `log`, `warn`, `debug` and `verbose`: the last one is the context if it is a string.
 *
 * After a single object or Error, a string with blanks is the message, in pino's order: no class has such a name.
 */
export function readNestCall(message: unknown, rest: readonly unknown[]): NestCall {
  const last = rest[rest.length - 1];
  if (rest.length === 1 && isText(last) && carriesNoText(message))
    return { messages: [message, last], context: undefined };
  return typeof last === 'string'
    ? { messages: [message, ...rest.slice(0, -1)], context: last }
    : { messages: [message, ...rest], context: undefined };
}

/**
 * Parses the arguments of `error` and `fatal`: after the message there may be a stack, then a context.
 *
 * Of two arguments the second is a stack if it looks like one, else the context. A context that is named in the call
 * too, after the stack, as in `error(text, stack, 'Orders')`, comes before that of Nest's `Logger`.
 */
export function readErrorCall(message: unknown, rest: readonly unknown[]): NestCall {
  // Objects may stand anywhere after the message, as in `error(text, stack, { order })`.
  if (rest.some(isStackText) && rest.some(isPlainObject)) {
    const call = readErrorCall(
      message,
      rest.filter((value) => !isPlainObject(value)),
    );
    return { ...call, messages: [...call.messages, ...rest.filter(isPlainObject)] };
  }
  const last = rest[rest.length - 1];
  if (rest.length <= 1) {
    if (rest.length === 1 && (last === undefined || isStackText(last)))
      return { messages: [message], context: undefined, stack: last };
    return readNestCall(message, rest);
  }
  if (isStackText(last)) return { ...readNestCall(message, rest.slice(0, -1)), stack: last };
  const call = readNestCall(message, rest);
  const beforeContext = call.messages[call.messages.length - 1];
  if (call.messages.length <= 1 || (typeof beforeContext !== 'string' && beforeContext !== undefined))
    return call;
  const beforeThat = call.messages[call.messages.length - 2];
  if (call.messages.length > 2 && isStackText(beforeThat) && !isStackText(beforeContext)) {
    const named = beforeContext === undefined || beforeContext === call.context ? [] : [beforeContext];
    return { messages: [...call.messages.slice(0, -2), ...named], context: call.context, stack: beforeThat };
  }
  // Nest would print it as the stack; after an Error or an object it is the message.
  if (
    call.messages.length === 2 &&
    beforeContext !== undefined &&
    !isStackText(beforeContext) &&
    carriesNoText(message)
  )
    return call;
  return { messages: call.messages.slice(0, -1), context: call.context, stack: beforeContext };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && /\s/.test(value) && !isStackText(value);
}

/** Whether a string after the message is the real message, and the first argument its error or its fields. */
function carriesNoText(message: unknown): boolean {
  return isError(message) || isPlainObject(message);
}

/**
 * Turns a call into calls of the tree, one record for each message, as with Nest.
 *
 * The first record gets the stack, the objects after the message as fields, and the first Error. An object or Error
 * before a string is pino's order: the string, with its fields or its traceback. Functions are called and classes
 * named.
 */
export function describeCall(call: NestCall): LogCall[] {
  const messages = call.messages.map(resolveMessage);
  const [first, second, ...others] = messages;
  const isPinoOrder = carriesNoText(first) && typeof second === 'string';
  const rest = isPinoOrder ? others : messages.slice(1);
  const main = isPinoOrder ? textWith(second, first as object) : describeMessage(first);
  for (const fields of rest.filter(isPlainObject)) addFields(main, fields);
  const texts = rest.filter((message) => !isPlainObject(message));
  const error = main.excInfo === undefined ? texts.find(isError) : undefined;
  main.excInfo ??= error ?? main.fieldError ?? undefined;
  if (call.stack !== undefined) addStack(main, call.stack);
  if (main.excInfo === undefined) takeStackField(main);
  return [main, ...texts.filter((message) => message !== error).map(describeMessage)];
}

/** pino's order: the string, and the Error or the fields before it. */
function textWith(text: string, first: object): LogCall {
  const call = emptyCall(text);
  if (isError(first)) call.excInfo = first;
  else addFields(call, first as Fields);
  return call;
}

/** A single message. The fields of an object become fields, and its `msg` or `message` is the message. */
function describeMessage(message: unknown): LogCall {
  const call = emptyCall(message);
  if (isError(message)) {
    call.msg = messageFrom(message);
    call.excInfo = message;
  } else if (isPlainObject(message)) {
    const { text, fields } = splitText(message);
    if (text !== undefined) call.msg = text;
    addFields(call, fields);
    call.excInfo = call.fieldError ?? (text === undefined ? errorWithin([message]) : undefined);
  } else call.excInfo = errorWithin([message]);
  return call;
}

function emptyCall(msg: unknown): LogCall {
  return { msg, args: [] };
}

function splitText(object: Record<string, unknown>): { text?: string; fields: Fields } {
  try {
    for (const name of ['msg', 'message']) {
      const text = Object.hasOwn(object, name) ? object[name] : undefined;
      if (typeof text !== 'string') continue;
      const { [name]: _, ...fields } = object;
      return { text, fields };
    }
  } catch {
    // A proxy or a getter that throws: formatters report it.
  }
  return { fields: object };
}

/** The argument given as the stack is the traceback; next to an Error it is a field, unless it is the Error's own. */
function addStack(call: LogCall, stack: string): void {
  if (call.excInfo === undefined) call.excInfo = isStackText(stack) ? errorOfStack(stack) : stack;
  else if (propertyOf(call.excInfo, 'stack') !== stack) addFields(call, { stack });
}

/** A stack among the fields is the traceback, as in `error({ message, stack })`. */
function takeStackField(call: LogCall): void {
  const stack = propertyOf(call.extra, 'stack');
  if (!isStackText(stack)) return;
  try {
    const { stack: _, ...fields } = call.extra as Fields;
    call.extra = fields;
    call.excInfo = errorOfStack(stack);
  } catch {
    // A getter that throws: the field stays, and formatters report it.
  }
}

function resolveMessage(message: unknown): unknown {
  let resolved = message;
  // A function may return a function, as with Nest, within bounds.
  for (let depth = 0; typeof resolved === 'function' && depth < 10; depth += 1) {
    try {
      if (/^class\b/.test(Function.prototype.toString.call(resolved))) return resolved.name;
      resolved = (resolved as () => unknown)();
    } catch (error) {
      // The message is unknown, but its failure is logged.
      return error;
    }
  }
  return resolved;
}
