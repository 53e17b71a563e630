import { safeFields } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { hasError } from '../../core/records/record-traceback.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonKey, jsonValue, unreadable } from '../../python/json/json-value.js';
import { str } from '../../python/python-text.js';
import { PathRedaction } from '../../redaction/path-redaction.js';
import { cutToBytes } from '../../runtime/cut-text.js';
import { MAX_RECORD } from '../../runtime/limits.js';
import { errorSummary } from './json-error-summary.js';
import { answerOf, changedFields, entriesOf, type JsonObject, jsonObject } from './json-hooks.js';
import { FIELD_NAMES, type JsonFormatterSettings, redactionOf, writtenName } from './json-options.js';
import { isJsonObject, type Shape, shapeFields } from './json-shape.js';
import type { TimestampWriter } from './json-timestamp.js';
import { PlainShape } from './plain-shape.js';

/** What a JSON formatter with options or methods for its fields provides. */
export interface JsonDocumentParts {
  readonly options: JsonFormatterSettings;
  /** The formatter, for reports. */
  readonly formatter: object;
  /** New names of context and extra fields. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Names of the attributes that are written, with those they are written under. */
  readonly attributes: readonly (readonly [attribute: string, written: string])[];
  /** Names, as written, that the formatter reserves; a record with an error may have more. */
  readonly reserved: ReadonlySet<string>;
  readonly reservedWithError: ReadonlySet<string>;
  /** The convention that the line follows; `undefined` for that of this package. */
  readonly shape: Shape | undefined;
  /** The time as JSON. */
  readonly time: TimestampWriter;
  readonly traceback: (record: LogRecord) => string | undefined;
  /** The same as JSON. */
  readonly tracebackJson: (record: LogRecord, budget: JsonBudget) => string | undefined;
  readonly formatStack: (stack: string) => string;
  /** Methods that a subclass has overridden. */
  readonly addFields: ((fields: JsonObject, record: LogRecord) => unknown) | undefined;
  readonly processFields: ((fields: JsonObject, record: LogRecord) => unknown) | undefined;
  readonly convertValue: ((value: unknown) => unknown) | undefined;
}

/**
 * Writes records of formatters that customise their lines: first all fields are collected, then each
 * option and method is applied, then they are written. Other formatters write directly.
 */
export class JsonDocument {
  readonly #parts: JsonDocumentParts;
  /** Of the formatter's own fields, as written. */
  readonly #names: Readonly<Record<(typeof FIELD_NAMES)[number], string>>;
  readonly #dropped: ReadonlySet<string>;
  readonly #order: readonly string[];
  readonly #serializers: ReadonlyMap<string, (value: unknown) => unknown>;
  readonly #redaction: PathRedaction | undefined;
  readonly #plain: PlainShape | undefined;

  constructor(parts: JsonDocumentParts) {
    const { options } = parts;
    this.#parts = parts;
    const written = (name: string) => writtenName(options, name);
    this.#names = Object.fromEntries(FIELD_NAMES.map((name) => [name, written(name)])) as never;
    this.#dropped = new Set(options.drop_fields.map(written));
    this.#order = options.order.map(written);
    this.#serializers = new Map(
      Object.entries(options.serializers).map(([name, serialize]) => [written(name), serialize]),
    );
    const redaction = redactionOf(options);
    this.#redaction = redaction === undefined ? undefined : new PathRedaction(redaction, written);
    const { shape, addFields, processFields, convertValue } = parts;
    const changes = [addFields, processFields, convertValue, redaction, options.nestedKey];
    const isChanged =
      changes.some((change) => change !== undefined) ||
      this.#order.length + this.#dropped.size + this.#serializers.size > 0;
    if (shape !== undefined && !isChanged) this.#plain = PlainShape.of(shape, parts);
  }

  /** The line of a record that needs nothing of all this; undefined for others. */
  plainLine(record: LogRecord, message: string, budget: JsonBudget): string | undefined {
    return this.#plain?.line(record, message, budget);
  }

  /** All that is written of a record, in order. Each option and method is applied once. Throws nothing. */
  collect(record: LogRecord, message: string): Map<string, unknown> {
    const { formatter, addFields, processFields } = this.#parts;
    const { nestedKey } = this.#parts.options;
    const { shape } = this.#parts;
    let fields = shape === undefined ? jsonObject() : shapeFields(shape, this.#parts, record, message);
    if (shape === undefined) {
      this.#addBegin(fields, record, message);
      this.#addFields(fields, record);
      this.#addEnd(fields, record);
    }
    if (addFields !== undefined) answerOf('addFields', formatter, record, () => addFields(fields, record));
    if (this.#dropped.size + this.#serializers.size > 0) this.#dropAndSerialize(fields);
    if (processFields !== undefined)
      fields = changedFields('processFields', formatter, record, fields, () => processFields(fields, record));
    const entries = this.#arranged(entriesOf(fields));
    const nested = nestedKey === undefined ? undefined : entries.get(nestedKey);
    if (nestedKey !== undefined && isJsonObject(nested))
      entries.set(nestedKey, asData(this.#redacted(this.#arranged(entriesOf(nested)))));
    return this.#redacted(entries);
  }

  /** The line, as far as the budget goes. The formatter's own fields are counted first. */
  write(entries: ReadonlyMap<string, unknown>, budget: JsonBudget): string {
    budget.convert = this.#parts.convertValue;
    const { truncated } = this.#names;
    const { reservedWithError } = this.#parts;
    const names = [...entries.keys()];
    const members = names.map((key) =>
      reservedWithError.has(key) ? this.#member(key, entries.get(key), budget) : undefined,
    );
    for (let at = 0; at < names.length; at += 1) {
      const key = names[at] as string;
      if (reservedWithError.has(key)) continue;
      if (!budget.takeEntry()) break;
      members[at] = this.#member(key, entries.get(key), budget);
    }
    if (budget.isCut && !this.#dropped.has(truncated)) {
      const at = names.indexOf(truncated);
      members[at < 0 ? names.length : at] = `${jsonKey(truncated, budget)}:true`;
    }
    let line = '';
    for (const member of members) if (member !== undefined) line += `${line === '' ? '' : ','}${member}`;
    return `{${line}}`;
  }

  /** A member of the line; `undefined` where there is nothing to write. Its key may be cut too. */
  #member(key: string, value: unknown, budget: JsonBudget): string | undefined {
    const text = jsonValue(value, budget);
    return text === undefined ? undefined : `${jsonKey(key, budget)}:${text}`;
  }

  #addBegin(fields: JsonObject, record: LogRecord, message: string): void {
    const { time, options, attributes } = this.#parts;
    const names = this.#names;
    fields[names.timestamp] = JSON.parse(time(record.created));
    fields[names.level] = str(record.levelname);
    fields[names.logger] = cutToBytes(str(record.name), 1_024);
    for (const [name, value] of Object.entries(options.static_fields)) fields[name] = value;
    fields[names.message] = message;
    for (const [attribute, written] of attributes) {
      fields[written] = readOr(() => record.attribute(attribute) ?? null);
    }
  }

  /** The fields of context and call. One with a reserved name is written as `extra_<name>`. */
  #addFields(fields: JsonObject, record: LogRecord): void {
    const { options, renamed, reserved, reservedWithError } = this.#parts;
    const { nestedKey } = options;
    const target = nestedKey === undefined ? fields : jsonObject();
    const taken = nestedKey !== undefined ? NONE : hasError(record) ? reservedWithError : reserved;
    // A copy without getters.
    const given = safeFields(record);
    for (const key of Object.keys(given)) {
      let name = renamed.get(key) ?? key;
      while (taken.has(name) || name in target || (name !== key && Object.hasOwn(given, name)))
        name = `extra_${name}`;
      target[name] = given[key];
    }
    if (nestedKey !== undefined && Object.keys(target).length > 0) fields[nestedKey] = target;
  }

  #addEnd(fields: JsonObject, record: LogRecord): void {
    const { options, traceback, formatStack } = this.#parts;
    const names = this.#names;
    const { excInfo, stackInfo } = record;
    if (options.includeError && hasError(record))
      fields[names.error] = JSON.parse(errorSummary(excInfo, wholeBudget()));
    const isRaw = options.exception === 'object' || this.#serializers.has(names.exception);
    const exception = isRaw && hasError(record) ? excInfo : traceback(record);
    if (exception) fields[names.exception] = exception;
    if (stackInfo) fields[names.stack] = formatStack(stackInfo);
  }

  #dropAndSerialize(fields: JsonObject): void {
    const { nestedKey } = this.#parts.options;
    for (const key of Object.keys(fields)) {
      if (this.#dropped.has(key)) {
        Reflect.deleteProperty(fields, key);
        continue;
      }
      const serialize = this.#serializers.get(key);
      if (serialize !== undefined) fields[key] = readOr(() => serialize(fields[key]));
      else if (key === nestedKey && isJsonObject(fields[key])) this.#dropAndSerialize(fields[key]);
    }
  }

  #arranged(entries: Map<string, unknown>): Map<string, unknown> {
    // Objects put keys like '1' first, whenever they were set; lines must not.
    let hasIndex = false;
    for (const key of entries.keys()) hasIndex ||= isIndex(key);
    if (!hasIndex && this.#order.length === 0) return entries;
    const arranged = new Map<string, unknown>();
    for (const key of this.#order) {
      if (entries.has(key)) arranged.set(key, entries.get(key));
    }
    for (const [key, value] of entries) if (!hasIndex || !isIndex(key)) arranged.set(key, value);
    if (hasIndex) for (const [key, value] of entries) arranged.set(key, value);
    return arranged;
  }

  #redacted(entries: Map<string, unknown>): Map<string, unknown> {
    const redaction = this.#redaction;
    if (redaction === undefined) return entries;
    for (const [key, value] of entries) {
      let shown = redaction.field(key, value, this.#parts.convertValue);
      // A field with a reserved name is meant by its original name.
      if (shown === value && key.startsWith('extra_'))
        shown = redaction.field(key.replace(/^(?:extra_)+/, ''), value, this.#parts.convertValue);
      if (shown === undefined) entries.delete(key);
      else entries.set(key, shown);
    }
    return entries;
  }
}

const INDEX = /^\d+$/;

function isIndex(key: string): boolean {
  return key.charCodeAt(0) <= 0x39 && INDEX.test(key);
}

const NONE: ReadonlySet<string> = new Set();

/** Fields as an object. One called `toJSON` is a field like any other, not what writes all of them. */
function asData(fields: Map<string, unknown>): JsonObject {
  const toJson = fields.get('toJSON');
  if (typeof toJson === 'function')
    fields.set('toJSON', JSON.parse(jsonValue(toJson, wholeBudget()) ?? 'null'));
  return Object.fromEntries(fields);
}

function wholeBudget(): JsonBudget {
  const budget = new JsonBudget();
  budget.reset(MAX_RECORD);
  return budget;
}

/** The result of user code; where it throws, `[unreadable: reason]`. */
function readOr(read: () => unknown): unknown {
  try {
    return read();
  } catch (reason) {
    return JSON.parse(unreadable(reason, wholeBudget()));
  }
}
