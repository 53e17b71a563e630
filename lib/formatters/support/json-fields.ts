import { safeFields } from '../../core/formatting/safe-fields.js';
import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/records/log-record.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { isPlain } from '../../python/json/json-string.js';
import { jsonKey, jsonValue, unreadable } from '../../python/json/json-value.js';
import { KnownKeys } from '../../python/json/known-keys.js';
import type { PathWriter, RedactedPlace } from '../../redaction/path-writer.js';
import { freeName } from '../../runtime/define-field.js';
import { flatText } from '../../runtime/flat-text.js';
import { MAX_RECORD } from '../../runtime/limits.js';
import { FieldSet, type KnownFields, RepeatedFields } from './repeated-fields.js';

/** In a loop over an object's own keys, the engine optimises this method, but not `Object.hasOwn`. */
const hasOwn = Object.prototype.hasOwnProperty;

/**
 * What precedes the value of a field: `,"key":`, with the quote that ends the string before it, and the quote that
 * begins the string after it. Quotes as separate pieces would double the number of pieces of a line.
 */
type Lead = readonly [afterValue: string, toText: string, afterText: string, fromTextToText: string];

/**
 * Writes the context and `extra` fields of records as members of a JSON object, each with a comma before it.
 *
 * A field with a reserved name is written as `extra_<name>`: nothing is lost, nothing is forged.
 */
export class JsonFields {
  readonly #reserved: ReadonlySet<string>;
  /** Of the keys seen, except reserved ones. */
  readonly #leads = new KnownKeys<Lead>();
  /** Reserved keys with `extra_` before them, which is mostly free. */
  readonly #usualNames = new Map<string, { readonly name: string; readonly lead: Lead }>();
  /**
   * The last record's context, and its JSON once a second record in a row had it: contexts never change. Only the last
   * one: a WeakMap of all, which live as short as requests, costs more than it saves.
   */
  #lastContext: Fields | undefined;
  #lastJson: string | undefined;
  /** What it takes from a budget. */
  #lastCharacters = 0;
  #lastEntries = 0;

  readonly #repeated = new RepeatedFields();

  readonly #redaction: PathWriter | undefined;
  readonly #prefix: string;

  /**
   * @param reserved Names that fields may not have.
   * @param redaction What is not shown of fields.
   * @param prefix What is written before each name.
   */
  constructor(reserved: ReadonlySet<string>, redaction?: PathWriter, prefix = '') {
    this.#reserved = reserved;
    this.#redaction = redaction;
    this.#prefix = prefix;
  }

  /** The fields of a record, the context's first; of two with the same name the one in `extra`. */
  write(record: LogRecord, budget: JsonBudget): string {
    if (record[EXPOSED]) return this.#exposed(record, budget);
    return this.writeBoth(record[EXTRA], record[CONTEXT], budget);
  }

  /** The fields of context and `extra`, as {@link JsonFields.write} has them. */
  writeBoth(extra: Fields | undefined, context: Fields | undefined, budget: JsonBudget): string {
    if (context === undefined) return extra === undefined ? '' : this.#fields(extra, budget);
    if (extra === undefined) return this.#context(context, budget);
    const first = overlap(context, extra)
      ? this.#fields(context, budget, extra, extra)
      : this.#context(context, budget, extra);
    return first + this.#fields(extra, budget, undefined, context);
  }

  /** Filters of others have seen the record: its fields are attributes now, and may have been changed. */
  #exposed(record: LogRecord, budget: JsonBudget): string {
    try {
      return this.#fields(record.extraFields(), budget);
    } catch (reason) {
      const json = this.#fields(safeFields(record), budget);
      // A proxy that does not list its keys.
      return canListFields(record[EXTRA]) ? json : `${json},"extra":${unreadable(reason, budget)}`;
    }
  }

  #context(context: Fields, budget: JsonBudget, extra?: Fields): string {
    if (context !== this.#lastContext) {
      this.#lastContext = context;
      this.#lastJson = undefined;
      return this.#fields(context, budget, undefined, extra);
    }
    if (this.#lastJson !== undefined && this.#takeLast(budget)) return this.#lastJson;
    const { charactersLeft, entriesLeft } = budget;
    const json = this.#fields(context, budget, undefined, extra);
    if (Object.isFrozen(context) && !budget.isCut && hasPlainValues(context) && !this.#hasReserved(context)) {
      this.#lastJson = json;
      this.#lastCharacters = charactersLeft - budget.charactersLeft;
      this.#lastEntries = entriesLeft - budget.entriesLeft;
    }
    return json;
  }

  /** Takes what the last context needs. @returns False, and nothing is taken, if there is not that much. */
  #takeLast(budget: JsonBudget): boolean {
    if (budget.entriesLeft < this.#lastEntries || budget.charactersLeft < this.#lastCharacters) return false;
    budget.entriesLeft -= this.#lastEntries;
    budget.charactersLeft -= this.#lastCharacters;
    return true;
  }

  /** Whether names are written that depend on those of the other fields. */
  #hasReserved(fields: Fields): boolean {
    return Object.keys(fields).some((key) => this.#reserved.has(key));
  }

  /**
   * @param hidden Fields that take the place of those with the same name.
   * @param beside Fields of the same line.
   */
  #fields(fields: Fields, budget: JsonBudget, hidden?: Fields, beside?: Fields): string {
    let json = '';
    let isTextOpen = false;
    let passed = 0;
    try {
      const known = hidden === undefined ? this.#known(fields, budget) : undefined;
      if (known !== undefined) ({ length: passed, json, isTextOpen } = known);
      for (const key in fields) {
        if (!hasOwn.call(fields, key) || isIn(key, hidden)) continue;
        if (passed > 0) {
          passed -= 1;
          continue;
        }
        if (!budget.takeEntry()) break;
        const field = readField(fields, key);
        const place = this.#redaction?.placeOf(key);
        const isText = place === undefined && typeof field === 'string' && isPlain(field);
        const value = isText ? budget.takeText(field) : this.#shown(field, place, budget);
        if (value === undefined) continue;
        json += pick(this.#lead(fields, key, budget, beside), isTextOpen, isText);
        json += value;
        isTextOpen = isText;
      }
    } catch (reason) {
      // A proxy that does not list its keys.
      json += `${isTextOpen ? '"' : ''},"extra":${unreadable(reason, budget)}`;
      isTextOpen = false;
    }
    return isTextOpen ? `${json}"` : json;
  }

  #shown(field: unknown, place: RedactedPlace | undefined, budget: JsonBudget): string | undefined {
    const isWhole = place === undefined || (!place.isHidden && Unreadable.is(field));
    return isWhole ? shownValue(field, budget) : this.#redaction?.write(field, place, budget);
  }

  /**
   * The JSON of the first fields, if they were seen before. If only the very first was, they are remembered from now
   * on.
   */
  #known(fields: Fields, budget: JsonBudget): KnownFields | undefined {
    try {
      const known = this.#repeated.find(fields, budget);
      if (known === undefined && this.#repeated.isAgain(fields, this.#reserved))
        this.#remember(fields, budget);
      return known;
    } catch {
      // A getter that throws; it is called again for the replacement text.
      return undefined;
    }
  }

  #remember(fields: Fields, { maxText, emptyKey }: JsonBudget): void {
    const budget = new JsonBudget();
    budget.reset(MAX_RECORD);
    budget.emptyKey = emptyKey;
    const set = new FieldSet();
    let isTextOpen = false;
    for (const key in fields) {
      if (!hasOwn.call(fields, key)) continue;
      const field = fields[key];
      if (this.#reserved.has(key) || !set.takes(key, field)) break;
      if (typeof field === 'string' && field.length > maxText) break;
      if (this.#redaction?.placeOf(key) !== undefined) break;
      const isText = typeof field === 'string' && isPlain(field);
      const lead = pick(this.#lead(fields, key, budget), isTextOpen, isText);
      set.add(key, field, lead + (isText ? field : shownValue(field, budget)), isText);
      isTextOpen = isText;
    }
    if (set.keys.length === 0) return;
    set.flatten();
    this.#repeated.add(set);
  }

  #lead(fields: Fields, key: string, budget: JsonBudget, beside?: Fields): Lead {
    const known = this.#leads.leadOf(key);
    if (known !== undefined) return known;
    if (this.#reserved.has(key)) return this.#otherLead(fields, key, budget, beside);
    return this.#leads.remember(key, leadOf(jsonKey(this.#prefix + key, budget)));
  }

  /** What precedes a field whose name is reserved. The name that it mostly has instead is made once. */
  #otherLead(fields: Fields, key: string, budget: JsonBudget, beside: Fields | undefined): Lead {
    const usual = this.#usualNames.get(key);
    if (usual !== undefined && !isIn(usual.name, fields) && !isIn(usual.name, beside)) return usual.lead;
    const name = flatText(
      freeName(key, (other) => this.#reserved.has(other) || isIn(other, fields) || isIn(other, beside)),
    );
    const lead = this.#leads.leadOf(name) ?? this.#leads.remember(name, leadOf(jsonKey(name, budget)));
    if (name === `extra_${key}`) this.#usualNames.set(key, { name, lead });
    return lead;
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

/** What replaces a field whose getter throws. */
class Unreadable {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  /** Whether a field is one of these. Triggers no trap of a proxy. */
  static is(field: unknown): boolean {
    return typeof field === 'object' && field !== null && #reason in field;
  }

  /** The JSON of a field, if it is one of these. Triggers no trap of a proxy. */
  static shown(field: object, budget: JsonBudget): string | undefined {
    return #reason in field ? unreadable(field.#reason, budget) : undefined;
  }
}

function readField(fields: Fields, key: string): unknown {
  try {
    return fields[key];
  } catch (reason) {
    return new Unreadable(reason);
  }
}

function shownValue(field: unknown, budget: JsonBudget): string | undefined {
  try {
    const shown = typeof field === 'object' && field !== null ? Unreadable.shown(field, budget) : undefined;
    return shown ?? jsonValue(field, budget);
  } catch (reason) {
    return unreadable(reason, budget);
  }
}

function canListFields(fields: Fields | undefined): boolean {
  try {
    Object.keys(fields ?? {});
    return true;
  } catch {
    return false;
  }
}

function isIn(key: string, fields: Fields | undefined): boolean {
  return fields !== undefined && Object.hasOwn(fields, key);
}

/** Called for the context's fields, which are fewer. */
function overlap(context: Fields, extra: Fields): boolean {
  try {
    for (const key in context) {
      if (Object.hasOwn(extra, key)) return true;
    }
  } catch {
    // A proxy that does not list its keys.
  }
  return false;
}

function hasPlainValues(fields: Fields): boolean {
  return Object.values(fields).every(
    (value) => (typeof value !== 'object' && typeof value !== 'function') || value === null,
  );
}
