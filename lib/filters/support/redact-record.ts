import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/log-record.js';
import { RESERVED_ATTRIBUTES } from '../../core/record-attributes.js';
import { defineField } from '../../internal/define-field.js';
import { printf, printfMapping } from '../../internal/printf.js';
import { str } from '../../internal/python-text.js';
import type { RedactTextOptions } from '../../internal/redact-text.js';
import { Redactor } from '../../internal/redactor.js';
import { redactNamedArguments } from './named-arguments.js';

/** Texts of a record besides its message. */
const TEXTS = ['excText', 'stackInfo', 'message'] as const;

/**
 * A record without its secrets: itself if there are none, else a copy, whose message has its arguments merged in if
 * the secret was there. Throws nothing.
 */
export function redactRecord(record: LogRecord, options: RedactTextOptions): LogRecord {
  const redactor = new Redactor(options);
  const changes: Record<string | symbol, unknown> = {};
  const merged = redactMessage(record, redactor, options);
  if (merged !== undefined) Object.assign(changes, merged);
  for (const name of TEXTS) {
    const text = record[name];
    if (typeof text !== 'string') continue;
    // The merged message that a formatter left here may hold more than texts tell.
    const redacted = name === 'message' && merged !== undefined ? undefined : redactor.text(text);
    if (redacted !== text) changes[name] = redacted;
  }
  for (const key of [EXTRA, CONTEXT] as const) {
    const fields = record[key];
    if (fields === undefined) continue;
    const redacted = redactor.value(fields);
    if (redacted !== fields) changes[key] = asFields(redacted);
  }
  if (record.excInfo !== undefined) {
    const redacted = redactor.value(record.excInfo);
    if (redacted !== record.excInfo) changes.excInfo = redacted;
  }
  if (record[EXPOSED]) redactAttributes(record, redactor, changes);
  return Reflect.ownKeys(changes).length === 0 ? record : copyWith(record, changes);
}

/** What a filter or a record factory put on the record itself. */
function redactAttributes(
  record: LogRecord,
  redactor: Redactor,
  changes: Record<string | symbol, unknown>,
): void {
  for (const key of Object.keys(record)) {
    if (RESERVED_ATTRIBUTES.has(key)) continue;
    const redacted = redactor.under(key, record[key]);
    if (redacted !== record[key]) defineField(changes, key, redacted);
  }
}

function copyWith(record: LogRecord, changes: Record<string | symbol, unknown>): LogRecord {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(record) as object) as LogRecord, record);
  for (const key of Reflect.ownKeys(changes)) {
    Object.defineProperty(copy, key, {
      value: changes[key],
      ...{ writable: true, enumerable: true, configurable: true },
    });
  }
  return copy;
}

/** A redacted object; whatever could not be looked at leaves no fields. */
function asFields(redacted: unknown): Fields {
  return typeof redacted === 'object' && redacted !== null ? (redacted as Fields) : {};
}

interface Merged {
  readonly msg: unknown;
  readonly args: readonly unknown[];
}

/** The message without its secrets, arguments merged in; `undefined` if there are none. */
function redactMessage(
  record: LogRecord,
  redactor: Redactor,
  options: RedactTextOptions,
): Merged | undefined {
  const { msg, args } = record;
  const shownMsg = typeof msg === 'string' ? msg : redactor.value(msg);
  const template = typeof shownMsg === 'string' ? shownMsg : safeText(shownMsg);
  if (Array.isArray(args) && args.length === 0) {
    const redacted = redactor.text(template);
    return redacted === template && shownMsg === msg ? undefined : { msg: redacted, args: [] };
  }
  const shownArgs = safeArguments(template, args, redactor, options);
  const text = merge(template, shownArgs, shownArgs !== args);
  // It cannot be merged: the handler will say so, with what is left of it.
  if (text === undefined) return { msg: redactor.text(template), args: asArray(shownArgs) };
  const redacted = redactor.text(text);
  if (redacted === text && shownArgs === args && shownMsg === msg) return undefined;
  return { msg: redacted, args: [] };
}

function safeArguments(
  template: string,
  args: readonly unknown[] | object,
  redactor: Redactor,
  options: RedactTextOptions,
): readonly unknown[] | object {
  const named = Array.isArray(args) ? redactNamedArguments(template, args, options) : args;
  const redacted = redactor.value(named);
  return typeof redacted === 'object' && redacted !== null ? redacted : [redacted];
}

function asArray(args: readonly unknown[] | object): readonly unknown[] {
  return Array.isArray(args) ? args : [args];
}

/** @param isRedacted Whether numbers may have become texts. */
function merge(template: string, args: readonly unknown[] | object, isRedacted: boolean): string | undefined {
  try {
    return mergeOnce(template, args);
  } catch {
    if (!isRedacted) return undefined;
  }
  try {
    return mergeOnce(template.replaceAll(CONVERSION, '%$1s'), args);
  } catch {
    return undefined;
  }
}

/** A conversion, but for its flags and width, which may be for numbers only. */
const CONVERSION = /%(\([^()%]*\))?[-+ #0]{0,5}\d{0,3}(?:\.\d{1,3})?[hlL]?[diouxXeEfFgGcra](?![\w(])/g;

function mergeOnce(template: string, args: readonly unknown[] | object): string {
  return Array.isArray(args) ? printf(template, args) : printfMapping(template, args);
}

function safeText(value: unknown): string {
  try {
    return str(value);
  } catch {
    return '[unreadable]';
  }
}
