import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/log-record.js';
import { flatText } from '../../internal/flat-text.js';
import type { JsonBudget } from '../../internal/json-budget.js';
import { isPlain, jsonString } from '../../internal/json-string.js';
import { jsonKey, jsonValue, unreadable } from '../../internal/json-value.js';

/** Of an object's own loop over its keys, the engine knows the answer of this one, but not of `Object.hasOwn`. */
const hasOwn = Object.prototype.hasOwnProperty;

/** Keys whose JSON is remembered, and how long they may be. */
const MAX_KEYS = 1_000;
const MAX_KEY_LENGTH = 128;

/**
 * What stands before the value of a field: `,"key":`, with the quote that ends a text before it, and the quote that
 * begins a text behind it. As pieces of their own the quotes would double those that a line is put together from.
 */
type Lead = readonly [afterValue: string, toText: string, afterText: string, fromTextToText: string];

/**
 * Writes the context and `extra` fields of records as members of a JSON object, each with a comma before it.
 *
 * A field with a name that is taken is written as `extra_<name>`: nothing is lost, nothing is forged.
 */
export class JsonFields {
  readonly #reserved: ReadonlySet<string>;
  /** Of the keys seen, but for those that are taken. */
  readonly #leads = new Map<string, Lead>();
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
    let isTextOpen = false;
    try {
      for (const key in fields) {
        if (!hasOwn.call(fields, key) || isIn(key, hidden)) continue;
        if (!budget.takeEntry()) break;
        let value: string | undefined;
        let isText = false;
        try {
          const field = fields[key];
          isText = typeof field === 'string' && isPlain(field);
          value = isText ? budget.takeText(field as string) : jsonValue(field, budget);
        } catch (reason) {
          value = unreadable(reason, budget);
        }
        if (value === undefined) continue;
        json += pick(this.#lead(fields, key, budget), isTextOpen, isText);
        json += value;
        isTextOpen = isText;
      }
    } catch (reason) {
      // A proxy that does not tell its keys.
      json += `${isTextOpen ? '"' : ''},"extra":${unreadable(reason, budget)}`;
      isTextOpen = false;
    }
    return isTextOpen ? `${json}"` : json;
  }

  #lead(fields: Fields, key: string, budget: JsonBudget): Lead {
    const known = this.#leads.get(key);
    if (known !== undefined) return known;
    if (this.#reserved.has(key)) return leadOf(jsonString(freeName(key, fields, this.#reserved)));
    const lead = leadOf(jsonKey(key, budget));
    if (key.length > MAX_KEY_LENGTH || this.#leads.size >= MAX_KEYS) return lead;
    const flat = lead.map(flatText) as unknown as Lead;
    this.#leads.set(key, flat);
    return flat;
  }
}

/** @param key In its quotes. */
function leadOf(key: string): Lead {
  return [`,${key}:`, `,${key}:"`, `",${key}:`, `",${key}:"`];
}

function pick(lead: Lead, isAfterText: boolean, isToText: boolean): string {
  if (isAfterText) return isToText ? lead[3] : lead[2];
  return isToText ? lead[1] : lead[0];
}

function isIn(key: string, fields: Fields | undefined): boolean {
  return fields !== undefined && Object.hasOwn(fields, key);
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
