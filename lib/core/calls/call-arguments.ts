import { countTaken } from '../../python/printf/printf.js';
import { str } from '../../python/python-text.js';
import { defineField } from '../../runtime/define-field.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import type { Fields } from '../records/log-record.js';
import { state } from '../state.js';
import {
  addFields,
  hasOnlyOptions,
  hasOrdinaryExtra,
  isError,
  isOptions,
  type LogCall,
  messageFrom,
  noteError,
  takeOptions,
} from './call-options.js';
import { isMapping } from './merge-message.js';
import { errorWithin } from './nested-errors.js';
import { errorOfStack, isStackText } from './stack-text.js';

/**
 * Parses the arguments of a log call.
 *
 * What placeholders take is data. Among the other arguments, plain objects are options (see {@link LogOptions}) or hold
 * fields, and an Error gives the record its traceback. If there is none, an Error among the fields does, or one inside
 * of what is written after the message. An object or Error before a text is pino's order. `undefined` at the end is
 * nothing, but for `exception`, where it may be what was thrown. Everything else stays among the arguments, and is written after the message when it is merged. Nothing is lost, and only strict calls throw.
 *
 * @param rest The arguments after the message; what is not an argument of the message is removed.
 * @param takesAnything Whether the last unused argument is what was thrown even if it is not an Error, as for
 * `exception`.
 * @throws {LoggingError} `ERR_LOGGING_EXTRA_CLASH` while calls are strict.
 */
export function readCall(msg: unknown, rest: unknown[], takesAnything: boolean): LogCall {
  const call: LogCall = {
    msg,
    args: rest,
    extra: undefined,
    excInfo: undefined,
    stackInfo: false,
    stacklevel: 1,
  };
  if (state.strictCalls) readStrictly(call, takesAnything);
  else readLeniently(call, takesAnything);
  if (call.excInfo === undefined && call.fieldError !== null)
    call.excInfo = call.fieldError ?? call.writtenError;
  return call;
}

/**
 * Makes log calls as strict as Python's, in the whole process; default false.
 *
 * A strict call throws for a field with the name of an attribute (Python: `KeyError`) and for an unknown level; a
 * record whose arguments do not fit its message is reported and dropped; unused arguments have a meaning only as
 * options, which must come last, or as an Error; a `LoggerAdapter` replaces a call's fields unless `merge_extra` is
 * set. For tests against Python, or if wrong calls should fail loudly.
 */
export function setStrictCalls(isStrict: boolean): void {
  state.strictCalls = isStrict;
}

/** What {@link setStrictCalls} set. */
export function getStrictCalls(): boolean {
  return state.strictCalls;
}

function readLeniently(call: LogCall, takesAnything: boolean): void {
  const { msg, args } = call;
  try {
    if (args.length === 0 && typeof msg === 'string' && !takesAnything) return;
    if (args.length === 1 && typeof msg === 'string' && !msg.includes('%')) {
      // As most calls with an object are.
      const [first] = args;
      if (isError(first)) {
        call.excInfo = args.pop();
        return;
      }
      if (hasOrdinaryExtra(first)) {
        call.extra = first.extra;
        args.pop();
        return;
      }
    }
    if (typeof msg === 'object' && msg !== null) readObjectFirst(call, msg, takesAnything);
    else if (takesAnything || !isPrimitive(args))
      readUnused(call, typeof msg === 'string' ? msg : '', takesAnything);
  } catch {
    // A proxy may change while it is read. What is left among the arguments is written behind the message.
  }
}

/** As with Python's keyword arguments, options come last and hold nothing else. The rest belongs to the message. */
function readStrictly(call: LogCall, takesAnything: boolean): void {
  const { msg, args } = call;
  const taken = args.length === 0 ? 0 : Math.abs(countTaken(typeof msg === 'string' ? msg : '', args));
  const last = args[args.length - 1];
  if (args.length > taken && isPlainObject(last) && hasOnlyOptions(last)) {
    args.pop();
    takeOptions(call, last, true);
  }
  // The Error under `err` is a field like any other.
  call.fieldError = null;
  if (call.excInfo !== undefined) return;
  const unused = args[args.length - 1];
  if (args.length > taken && (takesAnything || isError(unused))) call.excInfo = args.pop();
  else if (args.length === 0 && isError(msg)) becomeMessageOf(call, msg);
}

/** No stack of a program is as short as this, and most arguments are: looking through one takes 10 ns. */
const SHORT = 60;

/** Whether all of the arguments are there, and none is an object or a stack. */
export function isPrimitive(args: readonly unknown[]): boolean {
  for (const value of args) {
    if (value === undefined || (typeof value === 'object' && value !== null)) return false;
    if (typeof value === 'string' && value.length > SHORT && isStackText(value)) return false;
  }
  return true;
}

/** Reads options, fields and what was thrown from the arguments that no placeholder takes. Later ones win. */
function readUnused(call: LogCall, template: string, takesAnything: boolean): void {
  const { args } = call;
  let taken = args.length === 0 ? 0 : countTaken(template, args);
  const readsMapping = taken < 0;
  const mapping = readsMapping ? moveMappingFirst(args) : undefined;
  if (readsMapping) taken = mapping === undefined ? 0 : 1;
  if (takesAnything) takeThrownObject(call, taken);
  for (let at = args.length - 1; at >= taken; at -= 1) {
    if (!takeUnused(call, args[at], takesAnything)) continue;
    if (at === args.length - 1) args.pop();
    else args.splice(at, 1);
  }
  if (mapping !== undefined) addFields(call, fieldsOf(mapping));
  takeStackText(call, taken);
  // A parameter that a function of the application passes on, and was not given itself.
  const dropsMissing = !takesAnything && readsMapping === (mapping !== undefined);
  while (dropsMissing && args.length > taken && args.at(-1) === undefined) args.pop();
  // `undefined` shows only where it is written after the message.
  if (takesAnything && call.excInfo === undefined && args.length > taken && args.at(-1) !== undefined)
    call.excInfo = args.pop();
  if (args.length > taken) noteWritten(call, args.slice(taken));
}

/** Notes the Error inside of what the message shows. Where there are two, one becomes the traceback and the other a field. */
function noteWritten(call: LogCall, values: readonly unknown[]): void {
  call.writtenError ??= errorWithin(values);
  for (const value of values)
    if (isError(value) && call.excInfo !== undefined) addFields(call, { err: value });
}

/** Takes an unused argument as options, fields or what was thrown. @returns Whether it was one of these. */
function takeUnused(call: LogCall, value: unknown, takesAnything: boolean): boolean {
  if (isPlainObject(value)) {
    if (isOptions(value)) takeOptions(call, value, takesAnything);
    else addFields(call, value);
    return true;
  }
  if (call.excInfo !== undefined || !isError(value)) return false;
  call.excInfo = value;
  return true;
}

/** The text of a stack is the traceback, as in `error('failed', error.stack)`; next to its Error it says nothing new. */
function takeStackText(call: LogCall, taken: number): void {
  const { args } = call;
  const at = args.findLastIndex((value, index) => index >= taken && isStackText(value));
  if (at < 0) return;
  const stack = args[at] as string;
  const error = call.excInfo ?? call.fieldError ?? undefined;
  if (error !== undefined && propertyOf(error, 'stack') !== stack) return;
  call.excInfo ??= error ?? errorOfStack(stack);
  args.splice(at, 1);
}

/** Puts the object that `%(key)s` reads in its place. */
function moveMappingFirst(args: unknown[]): object | undefined {
  const at = args.findIndex(isMapping);
  if (at < 0) return undefined;
  args.unshift(...args.splice(at, 1));
  return args[0] as object;
}

/** The named entries of a mapping. */
function fieldsOf(mapping: object): Fields {
  if (!(mapping instanceof Map)) return mapping as Fields;
  const fields: Record<string, unknown> = {};
  for (const [key, value] of mapping) if (typeof key === 'string') defineField(fields, key, value);
  return fields;
}

/** For `exception`: a plain object is what was thrown where there is nothing else that could be. */
function takeThrownObject(call: LogCall, taken: number): void {
  const { args } = call;
  const unused = args.slice(taken).filter((value) => !(isPlainObject(value) && isOptions(value)));
  if (unused.length !== 1 || !isPlainObject(unused[0])) return;
  call.excInfo = unused[0];
  args.splice(args.lastIndexOf(unused[0]), 1);
}

/** A message that is an object: pino's order if a text follows, else the message itself. */
function readObjectFirst(call: LogCall, msg: object, takesAnything: boolean): void {
  const { args } = call;
  const isThrown = isError(msg);
  if (!isThrown && !isPlainObject(msg)) {
    // It has a text of its own, which may be a template, as in Python.
    if (takesAnything || !isPrimitive(args)) readUnused(call, isArray(msg) ? '' : str(msg), takesAnything);
    noteWritten(call, [msg]);
    if (isArray(msg)) keepFromTemplates(call);
    return;
  }
  const text = args[0];
  if (typeof text === 'string') {
    call.msg = text;
    args.shift();
    readUnused(call, text, takesAnything && !isThrown);
  } else readUnused(call, '', takesAnything && !isThrown);
  if (isThrown) takeFirstError(call, msg);
  else if (call.msg === msg) {
    noteError(call, msg);
    noteWritten(call, [msg]);
  } else addFields(call, msg as Fields);
  if (typeof text !== 'string') keepFromTemplates(call);
}

/** An Error in place of the message; another one after it may be the traceback. */
function takeFirstError(call: LogCall, error: Error): void {
  if (call.excInfo !== undefined) addFields(call, { err: error });
  else if (call.msg === error || isOwnStack(call, error)) becomeMessageOf(call, error);
  else call.excInfo = error;
}

/** Whether the message is the stack of the error, as in `error(err, err.stack)`: the traceback has it. */
function isOwnStack({ msg, args }: LogCall, error: Error): boolean {
  return args.length === 0 && propertyOf(error, 'stack') === msg;
}

/** What follows data is written after it: data is never a template. */
function keepFromTemplates(call: LogCall): void {
  if (call.args.length > 0) call.msg = str(call.msg).replaceAll('%', '%%');
}

function becomeMessageOf(call: LogCall, error: Error): void {
  call.excInfo = error;
  call.msg = messageFrom(error);
}

/** `Array.isArray` throws for a revoked proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
