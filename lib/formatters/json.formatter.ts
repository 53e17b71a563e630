import { COMPONENT, declareComponent } from '../core/component.js';
import { Formatter } from '../core/formatting/formatter.js';
import { keepByLoggerAndLevel } from '../core/formatting/repeated-text.js';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import { CONTEXT, EXPOSED, EXTRA, type LogRecord } from '../core/records/log-record.js';
import { hasError } from '../core/records/record-traceback.js';
import { formatTraceback, type TracebackStyle } from '../core/records/traceback.js';
import { JsonBudget, type MemberLead } from '../python/json/json-budget.js';
import { jsonLines, jsonMessageWriter, jsonString } from '../python/json/json-string.js';
import { jsonValue } from '../python/json/json-value.js';
import { KnownKeys } from '../python/json/known-keys.js';
import { str } from '../python/python-text.js';
import type { PathRedactionOptions } from '../redaction/path-redaction.js';
import { PathWriter } from '../redaction/path-writer.js';
import { cutToBytes } from '../runtime/cut-text.js';
import { MAX_RECORD } from '../runtime/limits.js';
import { JsonDocument, type JsonDocumentParts } from './support/json-document.js';
import { errorSummary } from './support/json-error-summary.js';
import { JsonFields } from './support/json-fields.js';
import {
  CALLER_NAMES,
  FIELD_NAMES,
  isFieldName,
  isOwnField,
  type JsonFormatterOptions,
  type JsonFormatterSettings,
  jsonFormatterSchema,
  namesOfLine,
  REDACTION,
  redactionOf,
  writtenName,
} from './support/json-options.js';
import { SHAPES } from './support/json-shapes.js';
import { type TimestampWriter, timestampWriter } from './support/json-timestamp.js';

export type { JsonFormatterOptions } from './support/json-options.js';

/** Escaped for JSON piece by piece: formatting to text first would process every line twice. */
const JSON_TRACEBACK: TracebackStyle = { newline: '\\n', lines: jsonLines };

/** Limits to try in turn until the line fits: an escape is up to six times as long as its character. */
const ROOM = [MAX_RECORD, MAX_RECORD / 4, MAX_RECORD / 7, MAX_RECORD / 16] as const;

/**
 * Writes each record as one line of JSON: `timestamp`, `level`, `logger`, `message`, then the context's and the
 * call's `extra` fields, `exception` (the traceback as text) and `stack` where there are any.
 *
 * Whatever is logged, the line is valid JSON, contains no control characters, and is at most 256 KiB long (64 KiB of
 * message, ten levels, 1,000 entries); `"truncated":true` means that something was left out. A field with one of
 * the names above is written as `extra_<name>`.
 *
 * The content of a line is set by options (`rename_fields`, `drop_fields`, `order`, `redact`, `serializers`) and by
 * subclasses: {@link addFields}, {@link processFields} and {@link convertValue}. They cost nothing
 * unless they are used.
 *
 * @example
 * new JsonFormatter({ rename_fields: { timestamp: 'time' }, static_fields: { service: 'shop' } })
 */
export class JsonFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof jsonFormatterSchema>;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(JsonFormatter, {
    name: 'JsonFormatter',
    schema: jsonFormatterSchema,
  });

  readonly #names: Readonly<Record<string, string>>;
  readonly #attributes: readonly (readonly [attribute: string, json: string])[];
  readonly #time: TimestampWriter;
  /** For paths that consist of names and lead to fields of context and call; other paths need a document. */
  readonly #redaction: PathWriter | undefined;
  readonly #fields: JsonFields;
  readonly #nested: string | undefined;
  readonly #asObject: boolean;
  /** Fields of records with an error, where the formatter itself writes `error`; `undefined` where it does not. */
  readonly #fieldsBesideError: JsonFields | undefined;
  /** `,"level":"INFO","logger":"shop","message":`: the same for every record of a logger and level. */
  readonly #head: (record: LogRecord) => string;
  readonly #message = jsonMessageWriter();
  /** Keys below the fields. */
  readonly #keys = new KnownKeys<MemberLead>();
  readonly #settings: JsonFormatterSettings;
  /** Names of the attributes that are written, with those they are written under. */
  readonly #written: readonly (readonly [attribute: string, written: string])[];
  /** Reserved names, in records without and with an error. */
  readonly #taken: readonly [ReadonlySet<string>, ReadonlySet<string>];
  /**
   * `null` if no option or method needs one; `undefined` until the first record, since methods may be set on the
   * object.
   */
  #document: JsonDocument | null | undefined;
  /** Whether the options need one. */
  readonly #needsDocument: boolean;
  /** Used by one record at a time; a `toJSON` that logs finds it taken and makes another. */
  #budget: JsonBudget | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: JsonFormatterOptions = {}) {
    super();
    const o = checkOptions('JsonFormatter', jsonFormatterSchema(), options, new.target === JsonFormatter);
    const rename = (name: string): string => writtenName(o, name);
    this.#names = Object.fromEntries(FIELD_NAMES.map((name) => [name, jsonString(rename(name))]));
    const caller = o.includeCaller
      ? CALLER_NAMES.map((name, at) => [CALLER_ATTRIBUTES[at] as string, rename(name)] as const)
      : [];
    const attributes = [...caller, ...o.attributes.map((name) => [name, rename(name)] as const)];
    this.#attributes = attributes.map(([name, shown]) => [name, `,${jsonString(shown)}:`]);
    const { level, logger, message } = this.#names;
    const fixed = staticJson(o.static_fields);
    this.#head = keepByLoggerAndLevel(({ name, levelname }) => {
      const shown = jsonString(cutToBytes(str(name), 1_024));
      return `,${level}:${jsonString(str(levelname))},${logger}:${shown}${fixed},${message}:`;
    });
    this.#time = timestampWriter(`{${this.#names.timestamp}:`, o);
    this.#nested = o.nestedKey === undefined ? undefined : `,${jsonString(o.nestedKey)}:{`;
    this.#asObject = o.exception === 'object';
    const top = namesOfLine(o, false);
    const withError = namesOfLine(o, true);
    const reserved = (names: readonly string[]) => new Set(o.nestedKey === undefined ? names : []);
    this.#settings = o;
    this.#written = attributes;
    this.#taken = [new Set(top), new Set(o.includeError ? withError : top)];
    const redaction = redactionOf(o);
    this.#redaction = redaction && PathWriter.from(redaction, (name) => this.#isAnyOwn(name));
    this.#fields = new JsonFields(reserved(top), this.#redaction);
    this.#fieldsBesideError = o.includeError
      ? new JsonFields(reserved(withError), this.#redaction)
      : undefined;
    this.#needsDocument = this.#askForDocument();
    this.#budget = this.#newBudget();
  }

  /** @internal */
  get [REDACTION](): PathRedactionOptions | undefined {
    return redactionOf(this.#settings);
  }

  /** Names of the attributes that are read; handlers that buffer records read them early. */
  override get fields(): readonly string[] {
    return ['message', ...this.#attributes.map(([name]) => name)];
  }

  /** The record as one line, without a newline at its end. @throws {TemplateError} If the message does not fit its arguments. */
  override format(record: LogRecord): string {
    const message = record.getMessage();
    record.message = message;
    const cut = cutToBytes(message, this.#settings.maxTextBytes);
    const document = this.#document === undefined ? this.#makeDocument() : this.#document;
    const budget = this.#budget ?? this.#newBudget();
    this.#budget = undefined;
    let line = '';
    if (document !== null) {
      budget.reset(MAX_RECORD);
      const plain = cut.length < message.length ? undefined : document.plainLine(record, cut, budget);
      if (plain !== undefined && plain.length * 3 <= MAX_RECORD) {
        this.#budget = budget;
        return plain;
      }
    }
    const entries = document?.collect(record, cut);
    for (const room of ROOM) {
      budget.reset(room);
      budget.isCut = cut.length < message.length;
      line =
        entries === undefined
          ? this.#line(record, cut, budget)
          : (document as JsonDocument).write(entries, budget);
      if (line.length * 3 <= MAX_RECORD || Buffer.byteLength(line) <= MAX_RECORD) break;
    }
    this.#budget = budget;
    return line;
  }

  /**
   * For subclasses: adds fields, or computes, changes and deletes those that are there. Does nothing here.
   *
   * It is called before `drop_fields` and `serializers` apply. What it throws is reported, and the record is
   * written with what is there.
   *
   * @param fields All fields by the names they are written under; an object without a prototype.
   */
  protected addFields(_fields: Record<string, unknown>, _record: LogRecord): void {}

  /**
   * For subclasses: the last change of what is written, before `order` and `redact`. Changes `fields`, or returns
   * another object. What it throws is reported, and the record is written with what is there.
   */
  protected processFields(fields: Record<string, unknown>, _record: LogRecord): Record<string, unknown> {
    return fields;
  }

  /**
   * For subclasses: what is written for a value that JSON does not have (a date, a Map, an error, an instance of a
   * class, a BigInt, a function), at any depth. The value itself or `undefined` leaves it to the formatter; where it
   * throws, `[unreadable: reason]` is written.
   */
  protected convertValue(value: unknown): unknown {
    return value;
  }

  /** Whether a name is, or may be written for, something else than a field of context or call. */
  #isAnyOwn(name: string): boolean {
    const [, taken] = this.#taken;
    return (
      isFieldName(name) ||
      taken.has(name) ||
      Object.hasOwn(this.#settings.rename_fields, name) ||
      Object.values(this.#settings.rename_fields).includes(name) ||
      this.#written.some(([attribute]) => attribute === name)
    );
  }

  #newBudget(): JsonBudget {
    const budget = new JsonBudget(this.#settings.maxTextBytes);
    budget.keys = this.#keys;
    const { shape } = this.#settings;
    budget.emptyKey = (shape && SHAPES[shape].emptyKey) ?? '';
    return budget;
  }

  /** Whether an option needs a document. Asked when it is made, so that the first record need not. */
  #askForDocument(): boolean {
    const { rename_fields, drop_fields, order, redact, serializers, nestedKey, shape } = this.#settings;
    return (
      shape !== undefined ||
      drop_fields.length > 0 ||
      order.length > 0 ||
      (Boolean(redact) && (this.#redaction === undefined || nestedKey !== undefined)) ||
      Object.keys(serializers).length > 0 ||
      !Object.keys(rename_fields).every((name) => isOwnField(this.#settings, name))
    );
  }

  #makeDocument(): JsonDocument | null {
    const { addFields, processFields, convertValue } = JsonFormatter.prototype;
    const isPlain =
      !this.#needsDocument &&
      this.addFields === addFields &&
      this.processFields === processFields &&
      this.convertValue === convertValue;
    this.#document = isPlain ? null : new JsonDocument(this.#documentParts());
    return this.#document;
  }

  #documentParts(): JsonDocumentParts {
    const { addFields, processFields, convertValue } = JsonFormatter.prototype;
    const options = this.#settings;
    const shape = options.shape && SHAPES[options.shape];
    const [reserved, reservedWithError] = this.#taken;
    return {
      ...{ options, formatter: this, attributes: this.#written, reserved, reservedWithError },
      renamed: new Map(
        Object.entries(options.rename_fields).filter(([name]) => shape || !isOwnField(options, name)),
      ),
      shape,
      time: timestampWriter('', options),
      traceback: (record) => this.traceback(record),
      tracebackJson: (record, budget) => this.#tracebackJson(record, budget),
      formatStack: (stack) => this.formatStack(stack),
      addFields:
        this.addFields === addFields ? undefined : (fields, record) => this.addFields(fields, record),
      processFields:
        this.processFields === processFields
          ? undefined
          : (fields, record) => this.processFields(fields, record),
      convertValue: this.convertValue === convertValue ? undefined : (value) => this.convertValue(value),
    };
  }

  #line(record: LogRecord, message: string, budget: JsonBudget): string {
    let line = this.#time(record.created) + this.#head(record) + this.#message(budget.takeText(message));
    // Written first, so that a flood of fields cannot use up its space.
    const exception =
      record.excInfo === undefined && record.excText === undefined ? '' : this.#exception(record, budget);
    if (this.#attributes.length > 0) line += this.#attributesOf(record, budget);
    if (record[EXTRA] !== undefined || record[CONTEXT] !== undefined || record[EXPOSED]) {
      const isBesideError = record.excInfo !== undefined && hasError(record);
      const writer = (isBesideError ? this.#fieldsBesideError : undefined) ?? this.#fields;
      const fields = writer.write(record, budget);
      line += this.#nested === undefined || fields === '' ? fields : `${this.#nested}${fields.slice(1)}}`;
    }
    line += exception;
    if (record.stackInfo)
      line += `,${this.#names.stack}:${jsonString(budget.takeText(this.formatStack(record.stackInfo)))}`;
    return budget.isCut ? `${line},${this.#names.truncated}:true}` : `${line}}`;
  }

  #exception(record: LogRecord, budget: JsonBudget): string {
    const error =
      this.#fieldsBesideError === undefined || !hasError(record)
        ? ''
        : `,${this.#names.error}:${errorSummary(record.excInfo, budget)}`;
    return error + this.#traceback(record, budget);
  }

  #traceback(record: LogRecord, budget: JsonBudget): string {
    if (this.#asObject && hasError(record)) {
      return `,${this.#names.exception}:${jsonValue(record.excInfo, budget)}`;
    }
    const text = this.#tracebackJson(record, budget);
    return text === undefined ? '' : `,${this.#names.exception}:${text}`;
  }

  /** The traceback as a string of JSON; `undefined` if there is none. */
  #tracebackJson(record: LogRecord, budget: JsonBudget): string | undefined {
    const { formatException, traceback } = JsonFormatter.prototype;
    const isOurs = this.formatException === formatException && this.traceback === traceback;
    if (isOurs && record.excText === undefined && hasError(record)) {
      const text = formatTraceback(record.excInfo, JSON_TRACEBACK);
      if (budget.takeWhole(text.length)) return `"${text}"`;
    }
    const text = this.traceback(record);
    return text ? jsonString(budget.takeText(text)) : undefined;
  }

  #attributesOf(record: LogRecord, budget: JsonBudget): string {
    let json = '';
    for (const [attribute, key] of this.#attributes) {
      json += key + (jsonValue(record.attribute(attribute), budget) ?? 'null');
    }
    return json;
  }
}

const CALLER_ATTRIBUTES = ['pathname', 'lineno', 'funcName'] as const;

function staticJson(fields: Readonly<Record<string, unknown>>): string {
  const budget = new JsonBudget();
  budget.reset(MAX_RECORD / 8);
  let json = '';
  for (const [key, value] of Object.entries(fields)) {
    const member = jsonValue(value, budget);
    if (member !== undefined) json += `,${jsonString(key)}:${member}`;
  }
  return json;
}
