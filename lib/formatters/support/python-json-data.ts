import { safeFields } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { isoFormat } from '../../python/json/python-json.js';
import { UNREADABLE } from '../../runtime/hostile-values.js';
import type { PythonJsonSettings } from './python-json-options.js';

/** Attributes that are not fields unless the format lists them; in the order of a record's dictionary. */
const RESERVED = [
  ...[
    'name',
    'msg',
    'args',
    'levelname',
    'levelno',
    'pathname',
    'filename',
    'module',
    'exc_info',
    'exc_text',
  ],
  ...['stack_info', 'lineno', 'funcName', 'created', 'msecs', 'relativeCreated', 'thread', 'threadName'],
  ...['processName', 'process', 'taskName', 'message', 'asctime'],
] as const;

/** What a record has besides its attributes. */
export interface PythonJsonDetails {
  /** A message that is an object. */
  readonly given: Readonly<Record<string, unknown>> | undefined;
  /** The traceback, or an empty string. */
  readonly exception: string;
  /** The stack, or an empty string. */
  readonly stack: string;
}

/** Collects the entries of a record in the order in which python-json-logger does. */
export class PythonJsonData {
  /** Names of the fields that the format lists. */
  readonly required: readonly string[];
  readonly #settings: PythonJsonSettings;
  readonly #names: Readonly<Record<string, string>>;
  readonly #skipped: ReadonlySet<string>;

  constructor(settings: PythonJsonSettings, required: readonly string[]) {
    this.required = required;
    this.#settings = settings;
    this.#names = settings.rename_fields ?? {};
    this.#skipped = new Set([...required, ...(settings.reserved_attrs ?? RESERVED)]);
  }

  /** What python-json-logger calls `message_dict`: the entries of a message that is an object, traceback and stack. */
  messageOf({ given, exception, stack }: PythonJsonDetails): Record<string, unknown> {
    const { exc_info_as_array, stack_info_as_array } = this.#settings;
    // Without a prototype `__proto__` is a name like any other.
    const message = Object.create(null) as Record<string, unknown>;
    if (given !== undefined) Object.assign(message, safeFields(given));
    if (exception && !message.exc_info) message.exc_info = lines(exception, exc_info_as_array);
    if (stack && !message.stack_info) message.stack_info = lines(stack, stack_info_as_array);
    return message;
  }

  /** Adds the entries of one record; an existing entry keeps its place when its value changes. */
  addTo(
    data: Map<string, unknown>,
    record: LogRecord,
    message: Readonly<Record<string, unknown>>,
  ): Map<string, unknown> {
    const { defaults, static_fields, timestamp, rename_fields_keep_missing } = this.#settings;
    this.#addAll(data, defaults ?? {});
    for (const key of this.required) this.#add(data, key, attribute(record, key));
    this.#addAll(data, static_fields ?? {});
    this.#addAll(data, message);
    this.#addExtra(data, record);
    if (timestamp) this.#add(data, timestamp === true ? 'timestamp' : timestamp, isoFormat(record.created));
    if (rename_fields_keep_missing) addMissing(data, Object.values(this.#names));
    return data;
  }

  #add(data: Map<string, unknown>, key: string, value: unknown): void {
    data.set(Object.hasOwn(this.#names, key) ? (this.#names[key] as string) : key, value);
  }

  #addAll(data: Map<string, unknown>, fields: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(fields)) this.#add(data, key, fields[key]);
  }

  /** Attributes that are not reserved, then the fields of call and context. */
  #addExtra(data: Map<string, unknown>, record: LogRecord): void {
    for (const key of RESERVED) {
      const isThere = key !== 'asctime' || record.asctime !== undefined;
      if (isThere && !this.#skipped.has(key)) this.#add(data, key, attribute(record, key));
    }
    const fields = safeFields(record);
    for (const key of Object.keys(fields)) {
      if (!this.#skipped.has(key) && !key.startsWith('_')) this.#add(data, key, fields[key]);
    }
  }
}

function addMissing(data: Map<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    if (!data.has(name)) data.set(name, null);
  }
}

const SPELLINGS: Readonly<Record<string, string>> = {
  exc_info: 'excInfo',
  exc_text: 'excText',
  stack_info: 'stackInfo',
};

function attribute(record: LogRecord, key: string): unknown {
  try {
    return record.attribute(Object.hasOwn(SPELLINGS, key) ? (SPELLINGS[key] as string) : key) ?? null;
  } catch {
    return UNREADABLE;
  }
}

function lines(text: string, asArray: boolean): string | string[] {
  return asArray ? text.split('\n') : text;
}
