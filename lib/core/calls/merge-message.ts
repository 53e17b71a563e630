import { countTaken, printf, printfIfAsMany, printfMapping } from '../../python/printf/printf.js';
import { errorLine, str } from '../../python/python-text.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { isErrorLike } from '../records/traceback.js';
import { state } from '../state.js';
import { type ReportedRecord, reportMisfit } from './call-reports.js';

/** The parts of a record that its message is made of. */
export interface MergedRecord extends ReportedRecord {
  readonly msg: unknown;
  readonly args: readonly unknown[] | object | undefined;
}

/**
 * A record's message with its arguments merged in.
 *
 * What does not fit is written after the message and reported, unless calls are strict.
 *
 * @throws {TemplateError} While calls are strict, where Python's `%` would throw.
 */
export function mergeMessage(record: MergedRecord): string {
  const { msg, args } = record;
  const text = typeof msg === 'string' ? msg : str(msg);
  // A received record has null where Python has None, and a filter may set other values that are false in Python.
  if (!args) return text;
  let error: unknown;
  try {
    if (!Array.isArray(args)) return isEmptyObject(args) ? text : mergeMapping(text, args);
    if (args.length === 0) return text;
    if (state.strictCalls) return printf(text, args);
    const merged = printfIfAsMany(text, args);
    if (merged !== undefined) return merged;
  } catch (thrown) {
    if (state.strictCalls) throw thrown;
    error = thrown;
  }
  reportMisfit(record, text, error);
  return writeBehind(text, Array.isArray(args) ? args : [args]);
}

function isEmptyObject(args: object): boolean {
  return isPlainObject(args) && Object.keys(args).length === 0;
}

function mergeMapping(text: string, mapping: object): string {
  // To Python, a mapping fits a message that reads nothing of it.
  if (!state.strictCalls && countTaken(text, [mapping]) === 0) throw new Error('the message reads nothing');
  return printfMapping(text, mapping);
}

/** Merges the arguments that placeholders take and writes the others behind; if none fits, all of them. Never throws. */
export function writeBehind(text: string, args: readonly unknown[]): string {
  const taken = countTaken(text, args);
  const end = taken < 0 ? 1 : taken;
  if (end < args.length) {
    const merged = tryMerge(text, taken < 0 ? args[0] : args.slice(0, end));
    if (merged !== undefined) return join(merged, args.slice(end));
  }
  return join(text, args);
}

function tryMerge(text: string, args: unknown): string | undefined {
  try {
    if (Array.isArray(args)) return printf(text, args);
    return isMapping(args) ? printfMapping(text, args) : undefined;
  } catch {
    return undefined;
  }
}

function join(text: string, args: readonly unknown[]): string {
  return [text, ...args.map(textOf)].join(' ');
}

/** Its printed text; for an Error without a placeholder also its own properties and its cause. */
function textOf(value: unknown): string {
  return isErrorLike(value) ? errorLine(value) : str(value);
}

/** True for what Python would call a non-empty mapping: a plain object or a Map with at least one entry. */
export function isMapping(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (value instanceof Map) return value.size > 0;
    if (!isPlainObject(value)) return false;
    for (const _ in value) return true;
    return false;
  } catch {
    // A proxy that does not let itself be read is an argument like any other.
    return false;
  }
}
