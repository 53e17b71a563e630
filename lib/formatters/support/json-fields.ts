import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/log-record.js';
import type { JsonBudget } from '../../internal/json-budget.js';
import { jsonString } from '../../internal/json-string.js';
import { jsonKey, jsonValue, unreadable } from '../../internal/json-value.js';

/** Of an object's own loop over its keys, the engine knows the answer of this one, but not of `Object.hasOwn`. */
const hasOwn = Object.prototype.hasOwnProperty;

/** Keys whose JSON is remembered, and how long they may be. */
const MAX_KEYS = 1_000;
const MAX_KEY_LENGTH = 128;

/**
 * Writes the context and `extra` fields of records as members of a JSON object, each with a comma before it.
 *
 * A field with a name that is taken is written as `extra_<name>`: nothing is lost, nothing is forged.
 */
export class JsonFields {
  readonly #reserved: ReadonlySet<string>;
  /** `,"key":` of keys seen; empty for one that is taken. */
  readonly #keys = new Map<string, string>();
  /**
   * The last record's context, and its JSON once a second record in a row had it: contexts never change. Only the last
   * one: a WeakMap of all, which live as short as requests, costs more than it saves.
   */
  #lastContext: Fields | undefined;
  #lastJson: string | undefined;

  /** @param reserved Names that fields may not have. */
  constructor(reserved: ReadonlySet<string>) {
    this.#reserved = reserved;
  }

  /** The fields of a record, the context's first; of two with the same name the one in `extra`. */
  write(record: LogRecord, budget: JsonBudget): string {
    if (record[EXPOSED]) return this.#exposed(record, budget);
    const context = record[CONTEXT];
    const extra = record[EXTRA];
    if (context === undefined) return extra === undefined ? '' : this.#fields(extra, budget);
    if (extra === undefined) return this.#context(context, budget);
    const first = overlap(context, extra)
      ? this.#fields(context, budget, extra)
      : this.#context(context, budget);
    return first + this.#fields(extra, budget);
  }

  /** Filters of others have seen the record: its fields are attributes now, and may have been changed. */
  #exposed(record: LogRecord, budget: JsonBudget): string {
    try {
      return this.#fields(record.extraFields(), budget);
    } catch (reason) {
      return `,"extra":${unreadable(reason, budget)}`;
    }
  }

  #context(context: Fields, budget: JsonBudget): string {
    if (context !== this.#lastContext) {
      this.#lastContext = context;
      this.#lastJson = undefined;
      return this.#fields(context, budget);
    }
    if (this.#lastJson !== undefined) return this.#lastJson;
    const json = this.#fields(context, budget);
    if (Object.isFrozen(context) && !budget.isCut && hasPlainValues(context)) this.#lastJson = json;
    return json;
  }

  /** @param hidden Fields that take the place of those with the same name. */
  #fields(fields: Fields, budget: JsonBudget, hidden?: Fields): string {
    let json = '';
    try {
      for (const key in fields) {
        if (!hasOwn.call(fields, key) || (hidden !== undefined && Object.hasOwn(hidden, key))) continue;
        if (!budget.takeEntry()) break;
        let value: string | undefined;
        try {
          value = jsonValue(fields[key], budget);
        } catch (reason) {
          value = unreadable(reason, budget);
        }
        if (value !== undefined) json += this.#key(fields, key, budget) + value;
      }
    } catch (reason) {
      // A proxy that does not tell its keys.
      json += `,"extra":${unreadable(reason, budget)}`;
    }
    return json;
  }

  #key(fields: Fields, key: string, budget: JsonBudget): string {
    let json = this.#keys.get(key);
    if (json === undefined) {
      json = this.#reserved.has(key) ? '' : `,${jsonKey(key, budget)}:`;
      if (key.length <= MAX_KEY_LENGTH && this.#keys.size < MAX_KEYS) this.#keys.set(key, json);
    }
    return json === '' ? `,${jsonString(freeName(key, fields, this.#reserved))}:` : json;
  }
}

function freeName(key: string, fields: Fields, reserved: ReadonlySet<string>): string {
  let name = `extra_${key}`;
  while (reserved.has(name) || Object.hasOwn(fields, name)) name = `extra_${name}`;
  return name;
}

/** Asked of the context's fields, which are the fewer. */
function overlap(context: Fields, extra: Fields): boolean {
  try {
    for (const key in context) {
      if (Object.hasOwn(extra, key)) return true;
    }
  } catch {
    // A proxy that does not tell its keys.
  }
  return false;
}

function hasPlainValues(fields: Fields): boolean {
  return Object.values(fields).every(
    (value) => (typeof value !== 'object' && typeof value !== 'function') || value === null,
  );
}
