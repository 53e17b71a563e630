import type { Fields } from '../../core/records/log-record.js';
import type { JsonBudget } from '../../python/json/json-budget.js';
import { flatCopy } from '../../runtime/flat-text.js';

/** Sets that are remembered, and first fields that may come again; the oldest goes first. */
const MAX_SETS = 8;
/** Fields of a set, and characters of a key or a text among them. */
const MAX_FIELDS = 16;
const MAX_LENGTH = 256;
/** What {@link JsonBudget.takeEntry} takes. */
const PER_ENTRY = 4;

const hasOwn = Object.prototype.hasOwnProperty;

/** Fields that many records share, and their JSON. Only immutable values: strings, numbers, booleans, `null`. */
export class FieldSet {
  readonly keys: string[] = [];
  readonly values: unknown[] = [];
  /** The JSON of all fields; where the last is a string, without its closing quote. */
  #json = '';
  /** How much of it as many fields take as the index says. */
  readonly #ends: number[] = [0];
  /** Whether the last of these fields is a string. */
  readonly isTextOpen: boolean[] = [false];
  /** Characters of a budget that these use. */
  readonly #characters: number[] = [0];

  /** Whether a field may be added. */
  takes(key: string, value: unknown): boolean {
    return this.keys.length < MAX_FIELDS && key.length <= MAX_LENGTH && isFixed(value);
  }

  /** @param json Of this field; of a string without its closing quote, which the next field's begins with. */
  add(key: string, value: unknown, json: string, isText: boolean): void {
    const before = this.#characters[this.keys.length] as number;
    this.keys.push(key);
    this.values.push(value);
    this.#json += json;
    this.#ends.push(this.#json.length);
    this.isTextOpen.push(isText);
    this.#characters.push(before + PER_ENTRY + (typeof value === 'string' ? value.length : 0));
  }

  /** Makes the JSON of all fields one piece of memory, once they are there. Most sets are of one request, and new. */
  flatten(): void {
    this.#json = flatCopy(this.#json);
  }

  /** The JSON of the first fields. */
  jsonOf(length: number): string {
    const end = this.#ends[length] as number;
    return end === this.#json.length ? this.#json : this.#json.slice(0, end);
  }

  /** Cuts the set after the fields that a record shared with it: the next one will share the same. */
  cut(length: number): void {
    this.#json = flatCopy(this.jsonOf(length));
    this.keys.length = length;
    this.values.length = length;
  }

  /**
   * Takes from a budget what the first fields need. @returns False, and nothing is taken, if there is not that much.
   */
  take(length: number, budget: JsonBudget): boolean {
    const needed = this.#characters[length] as number;
    if (budget.entriesLeft < length || budget.charactersLeft < needed) return false;
    budget.entriesLeft -= length;
    budget.charactersLeft -= needed;
    return true;
  }
}

/** Known fields, from the first on. */
export interface KnownFields {
  readonly length: number;
  readonly json: string;
  readonly isTextOpen: boolean;
}

/**
 * Remembers the first fields that many records share: what is bound to an adapter or to a
 * request. They are recognised by keys and values, not by the object, which is a new one each time where fields are
 * merged, and may be changed where it is not.
 */
export class RepeatedFields {
  readonly #sets: FieldSet[] = [];
  #next = 0;
  /** First fields seen once. */
  readonly #first: (readonly [key: string, value: unknown])[] = [];
  #nextFirst = 0;

  /**
   * How many of the first fields are known, and their JSON, whose cost is taken from the budget.
   *
   * What is read of the fields may be read once more.
   */
  find(fields: Fields, budget: JsonBudget): KnownFields | undefined {
    let set: FieldSet | undefined;
    let length = 0;
    for (const key in fields) {
      if (!hasOwn.call(fields, key)) continue;
      const value = fields[key];
      set ??= this.#beginningWith(key, value);
      if (set === undefined) return undefined;
      if (set.keys[length] !== key || set.values[length] !== value) {
        set.cut(length);
        break;
      }
      length += 1;
      if (length === set.keys.length) break;
    }
    if (set === undefined || !set.take(length, budget)) return undefined;
    return { length, json: set.jsonOf(length), isTextOpen: set.isTextOpen[length] as boolean };
  }

  #beginningWith(key: string, value: unknown): FieldSet | undefined {
    for (const set of this.#sets) if (set.values[0] === value && set.keys[0] === key) return set;
    return undefined;
  }

  /** Whether the first of the fields was seen recently. @param reserved Names that are written in another way. */
  isAgain(fields: Fields, reserved: ReadonlySet<string>): boolean {
    for (const key in fields) {
      if (!hasOwn.call(fields, key)) continue;
      const value = fields[key];
      if (!isFixed(value) || reserved.has(key)) return false;
      for (const known of this.#first) if (known[1] === value && known[0] === key) return true;
      this.#first[this.#nextFirst] = [key, value];
      this.#nextFirst = (this.#nextFirst + 1) % MAX_SETS;
      return false;
    }
    return false;
  }

  /** Remembers a set. */
  add(set: FieldSet): void {
    this.#sets[this.#next] = set;
    this.#next = (this.#next + 1) % MAX_SETS;
  }
}

function isFixed(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_LENGTH;
    case 'number':
      // Zero and minus zero are equal.
      return value !== 0;
    case 'boolean':
      return true;
    default:
      return value === null;
  }
}
