import { copyRecord } from '../../core/records/copy-record.js';
import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/records/log-record.js';
import { RESERVED_ATTRIBUTES } from '../../core/records/record-attributes.js';
import { hasError } from '../../core/records/record-traceback.js';
import { printf, printfMapping } from '../../python/printf/printf.js';
import { str } from '../../python/python-text.js';
import type { PathRedaction } from '../../redaction/path-redaction.js';
import type { RedactTextOptions } from '../../redaction/redact-text.js';
import { Redactor } from '../../redaction/redactor.js';
import { endsWithSecretName } from '../../redaction/secret-pairs.js';
import { defineField } from '../../runtime/define-field.js';

type Changes = Record<string | symbol, unknown>;

/**
 * A record without its secrets: the same record if there are none, else a copy. Its message has the arguments merged in
 * if the secret was there. Throws nothing.
 */
export function redactRecord(
  record: LogRecord,
  options: RedactTextOptions,
  paths?: PathRedaction,
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
  if (record[EXPOSED]) {
    const attributes = redactAttributes(record, redactor, paths);
    if (attributes !== undefined) changes = { ...changes, ...attributes };
  }
  if (changes === undefined && extra === record[EXTRA] && context === record[CONTEXT]) return record;
  const copy = copyRecord(record, changes);
  copy[EXTRA] = extra;
  copy[CONTEXT] = context;
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

/** What a filter or a record factory put on the record itself. */
function redactAttributes(
  record: LogRecord,
  redactor: Redactor,
  paths: PathRedaction | undefined,
): Changes | undefined {
  let changes: Changes | undefined;
  for (const key of Object.keys(record)) {
    if (RESERVED_ATTRIBUTES.has(key)) continue;
    const known = redactor.under(key, record[key]);
    const redacted = paths === undefined ? known : paths.field(key, known);
    if (redacted === record[key]) continue;
    changes ??= {};
    defineField(changes, key, redacted);
  }
  return changes;
}

interface Merged extends Changes {
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
    const redacted = redactor.message(template);
    return redacted === template && shownMsg === msg ? undefined : { msg: redacted, args: [] };
  }
  const shownArgs = safeArguments(template, args, redactor, options);
  const text = merge(template, shownArgs, shownArgs !== args);
  // It cannot be merged: the handler will report that, with the redacted parts.
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

/** @param isRedacted Whether numbers may have become strings. */
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
export function redactNamedArguments(
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
