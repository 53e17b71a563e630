import { reportMisfit } from '../../core/calls/call-reports.js';
import { writeBehind } from '../../core/calls/merge-message.js';
import { copyRecord, noteCopy } from '../../core/records/copy-record.js';
import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/records/log-record.js';
import { RESERVED_ATTRIBUTES } from '../../core/records/record-attributes.js';
import { hasError } from '../../core/records/record-traceback.js';
import { state } from '../../core/state.js';
import { countTaken, printf, printfMapping } from '../../python/printf/printf.js';
import { str } from '../../python/python-text.js';
import type { PathRedaction } from '../../redaction/path-redaction.js';
import type { RedactTextOptions } from '../../redaction/redact-text.js';
import { Redactor } from '../../redaction/redactor.js';
import { endsWithSecretName } from '../../redaction/secret-pairs.js';
import { defineField } from '../../runtime/define-field.js';
import { isPlainObject } from '../../runtime/plain-object.js';

type Changes = Record<string | symbol, unknown>;

/**
 * A record without its secrets: the same record if there are none, else a copy. Its message has the arguments merged in
 * if the secret was there. Throws nothing.
 */
export function redactRecord(
  record: LogRecord,
  options: RedactTextOptions,
  paths: PathRedaction | undefined,
): LogRecord {
  const redactor = new Redactor(options);
  const merged = redactMessage(record, redactor, options);
  let changes: Changes | undefined = merged;
  changes = withText(changes, 'excText', record.excText, redactor);
  changes = withText(changes, 'stackInfo', record.stackInfo, redactor);
  // The merged message that a formatter left here may hold more than the parts show.
  if (merged === undefined) changes = withText(changes, 'message', record.message, redactor);
  else if (typeof record.message === 'string') changes = { ...changes, message: undefined };
  const extra = redactFields(record[EXTRA], redactor, paths);
  const context = redactFields(record[CONTEXT], redactor, paths);
  if (hasError(record)) {
    const excInfo = redactor.value(record.excInfo);
    if (excInfo !== record.excInfo) changes = { ...changes, excInfo };
  }
  const isClean = extra === record[EXTRA] && context === record[CONTEXT];
  if (record[EXPOSED] && !(isClean && areFields(record))) {
    const attributes = redactAttributes(record, redactor, paths);
    if (attributes !== undefined) changes = { ...changes, ...attributes };
  }
  if (changes === undefined && isClean) return record;
  const copy = copyRecord(record, changes);
  // A name that is a secret itself has another now.
  if (record[EXPOSED] && changes !== undefined)
    for (const name of attributesOf(record)) if (changes[name] === GONE) Reflect.deleteProperty(copy, name);
  copy[EXTRA] = extra;
  copy[CONTEXT] = context;
  noteCopy(copy, record);
  return copy;
}

/** The changes of a record, with those of a string attribute besides its message. */
function withText(
  changes: Changes | undefined,
  name: string,
  text: unknown,
  redactor: Redactor,
): Changes | undefined {
  if (typeof text !== 'string') return changes;
  const redacted = redactor.text(text);
  return redacted === text ? changes : { ...changes, [name]: redacted };
}

function redactFields(
  fields: Fields | undefined,
  redactor: Redactor,
  paths: PathRedaction | undefined,
): Fields | undefined {
  if (fields === undefined) return undefined;
  const redacted = redactor.fields(fields);
  return paths === undefined ? redacted : paths.fields(redacted);
}

/** Stands for an attribute that is shown under another name. */
const GONE: unique symbol = Symbol('gone');

/** The fields of a record, which others have seen as its attributes, and what a filter or a record factory put there. */
function redactAttributes(
  record: LogRecord,
  redactor: Redactor,
  paths: PathRedaction | undefined,
): Changes | undefined {
  const given: Record<string, unknown> = {};
  for (const key of attributesOf(record)) defineField(given, key, record[key]);
  // As fields, not one by one: one may name another as a secret.
  const shown = redactFields(given, redactor, paths) as Fields;
  if (shown === given) return undefined;
  const changes: Changes = {};
  for (const key of Object.keys(given)) if (!Object.hasOwn(shown, key)) defineField(changes, key, GONE);
  for (const key of Object.keys(shown)) if (shown[key] !== given[key]) defineField(changes, key, shown[key]);
  return changes;
}

/** Whether all attributes are the fields of call and context, as they were: then they were searched with these. */
function areFields(record: LogRecord): boolean {
  const { [EXTRA]: extra, [CONTEXT]: context } = record;
  for (const name of Object.keys(record)) {
    if (RESERVED_ATTRIBUTES.has(name)) continue;
    const source = extra !== undefined && Object.hasOwn(extra, name) ? extra : context;
    if (source === undefined || !Object.hasOwn(source, name) || source[name] !== record[name]) return false;
  }
  return true;
}

function attributesOf(record: LogRecord): string[] {
  return Object.keys(record).filter((key) => !RESERVED_ATTRIBUTES.has(key));
}

interface Merged extends Changes {
  readonly msg: unknown;
  readonly args: readonly unknown[] | object;
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
  if (hasNoArguments(args)) {
    const redacted = redactor.message(template);
    return redacted === template && shownMsg === msg ? undefined : { msg: redacted, args: [] };
  }
  const shownArgs = safeArguments(template, args, redactor, options);
  const merged = merge(template, shownArgs, shownArgs !== args);
  // A strict call is dropped, and reported with the redacted parts.
  if (merged === undefined && state.strictCalls) return { msg: redactor.text(template), args: shownArgs };
  // What does not fit is written behind the message, which may name it.
  const text = merged ?? writeBehind(template, namedByTemplate(template, asArray(shownArgs), options));
  const redacted = redactor.text(text);
  if (merged === undefined) reportMisfit(record, template);
  else if (redacted === text && shownArgs === args && shownMsg === msg) return undefined;
  return { msg: redacted, args: [] };
}

/** Whether the message is printed as it is: no arguments, or what Python takes for none. */
function hasNoArguments(args: unknown): boolean {
  return (
    !args || (Array.isArray(args) ? args.length === 0 : isPlainObject(args) && Object.keys(args).length === 0)
  );
}

/** The arguments, without the one that is written right behind a message that ends with the name of a secret. */
function namedByTemplate(
  template: string,
  args: readonly unknown[],
  { keys, censor }: RedactTextOptions,
): readonly unknown[] {
  const at = Math.max(0, countTaken(template, args));
  const name = endsWithSecretName(`${template} `, keys);
  if (name === undefined || !isSecretValue(args[at], keys.isSecretNumber(name))) return args;
  return args.with(at, censor);
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

/** @param isRedacted Whether numbers may have become strings. */
function merge(template: string, args: readonly unknown[] | object, isRedacted: boolean): string | undefined {
  // A mapping that a message reads nothing of is written behind it.
  const isUnread = !Array.isArray(args) && !state.strictCalls && countTaken(template, [args]) === 0;
  if (isUnread) return undefined;
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

/** A conversion without its flags and width, which may be valid for numbers only. */
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

/** A `%` conversion by position; `*` takes an argument of its own. */
const PLACEHOLDER = /%(?:%|[-+ #0]{0,5}(\*|\d{0,3})(?:\.(\*|\d{0,3}))?[hlL]?[a-zA-Z])/g;

/**
 * Replaces the arguments whose placeholders follow the name of a secret: `'the password is %s'`.
 *
 * @returns The same arguments if there are none.
 */
function redactNamedArguments(
  template: string,
  args: readonly unknown[],
  { keys, censor }: RedactTextOptions,
): readonly unknown[] {
  if (template.length > MAX_TEMPLATE) return args;
  let copy: unknown[] | undefined;
  let index = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    if (match[0] === '%%') continue;
    if (match[1] === '*') index += 1;
    if (match[2] === '*') index += 1;
    if (index >= args.length) break;
    const name = endsWithSecretName(template.slice(0, match.index), keys);
    const value = args[index];
    if (name !== undefined && isSecretValue(value, keys.isSecretNumber(name))) {
      copy ??= [...args];
      copy[index] = censor;
    }
    index += 1;
  }
  return copy ?? args;
}

/** Longer ones are not templates, but plain text. */
const MAX_TEMPLATE = 4_096;

function isSecretValue(value: unknown, isSecretNumber: boolean): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return isSecretNumber;
  // The credential comes after the name of its scheme.
  return typeof value === 'string' && value !== '' && !SCHEME.test(value);
}

const SCHEME = /^(?:bearer|basic|digest|negotiate|ntlm|token|dpop)$/i;
