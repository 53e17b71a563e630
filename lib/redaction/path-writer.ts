import { JsonBudget } from '../python/json/json-budget.js';
import { jsonString } from '../python/json/json-string.js';
import { jsonKey, jsonValue, unreadable } from '../python/json/json-value.js';
import { MAX_RECORD } from '../runtime/limits.js';
import { type PathRedactionOptions, parseNames } from './path-redaction.js';

/** What the paths say about a value: it is censored, or values under these keys of it are. */
export interface RedactedPlace {
  isHidden: boolean;
  readonly below: Map<string, RedactedPlace>;
}

/**
 * Writes fields as JSON without the values at paths of names, in one pass: what `PathRedaction` and then `jsonValue` do
 * takes four times as long, since it makes plain data of every value first. It does not know wildcards, functions as
 * censors, and removal.
 */
export class PathWriter {
  readonly #fields: ReadonlyMap<string, RedactedPlace>;
  readonly #censor: string;

  private constructor(fields: ReadonlyMap<string, RedactedPlace>, censor: string) {
    this.#fields = fields;
    this.#censor = jsonString(censor);
  }

  /**
   * @param isOwn Whether a name is, or may be, one of the line itself and not only of a field.
   * @returns `undefined` if the paths need more than this can do.
   */
  static from(
    { paths, censor, remove }: PathRedactionOptions,
    isOwn: (name: string) => boolean,
  ): PathWriter | undefined {
    if (typeof censor !== 'string' || remove) return undefined;
    const root: RedactedPlace = { isHidden: false, below: new Map() };
    for (const path of paths) {
      const names = parseNames(path);
      const [first] = names ?? [];
      if (names === undefined || first === undefined || isOwn(first) || first.startsWith('extra_'))
        return undefined;
      let place = root;
      for (const name of names) {
        const known = place.below.get(name) ?? { isHidden: false, below: new Map() };
        place.below.set(name, known);
        place = known;
      }
      place.isHidden = true;
    }
    return new PathWriter(root.below, censor);
  }

  /** What the paths say of a field. One with a reserved name is meant by its original name. */
  placeOf(field: string): RedactedPlace | undefined {
    const place = this.#fields.get(field);
    if (place !== undefined || !field.startsWith('extra_')) return place;
    return this.#fields.get(field.replace(/^(?:extra_)+/, ''));
  }

  /** A value as JSON, `undefined` if there is nothing to write. Throws nothing. */
  write(value: unknown, place: RedactedPlace, budget: JsonBudget): string | undefined {
    if (place.isHidden) {
      budget.charactersLeft -= this.#censor.length;
      return this.#censor;
    }
    if (typeof value !== 'object' || value === null) return jsonValue(value, budget);
    const depth = budget.ancestors.length;
    try {
      const holder = isPlainData(value) ? value : plainData(value);
      if (typeof holder !== 'object' || holder === null) return jsonValue(holder, budget);
      if (depth >= budget.maxDepth || budget.ancestors.includes(holder)) return jsonValue(holder, budget);
      budget.ancestors.push(holder);
      const entries = this.#entries(holder as Record<string, unknown>, place, budget);
      return Array.isArray(holder) ? `[${entries}]` : `{${entries}}`;
    } catch (reason) {
      return unreadable(reason, budget);
    } finally {
      budget.ancestors.length = depth;
    }
  }

  #entries(holder: Record<string, unknown>, place: RedactedPlace, budget: JsonBudget): string {
    const isArray = Array.isArray(holder);
    let json = '';
    for (const key of isArray ? holder.keys() : Object.keys(holder)) {
      if (!budget.takeEntry()) break;
      const shown = this.#entry(holder, String(key), place, budget);
      if (shown === undefined && !isArray) continue;
      if (json !== '') json += ',';
      json += isArray ? (shown ?? 'null') : `${jsonKey(String(key), budget)}:${shown}`;
    }
    return json;
  }

  #entry(
    holder: Record<string, unknown>,
    key: string,
    place: RedactedPlace,
    budget: JsonBudget,
  ): string | undefined {
    const below = place.below.get(key);
    let value: unknown;
    try {
      value = holder[key];
    } catch (reason) {
      // What it says of the value may be the value.
      return below?.isHidden ? this.write(undefined, below, budget) : unreadable(reason, budget);
    }
    const isApart = below !== undefined && value !== undefined;
    return isApart ? this.write(value, below, budget) : jsonValue(value, budget);
  }
}

/** Whether a value is written entry by entry. */
function isPlainData(value: object): boolean {
  const isData = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isData && typeof (value as { toJSON?: unknown }).toJSON !== 'function';
}

/** Any other value, as data that is written in the same way. */
function plainData(value: object): unknown {
  const budget = new JsonBudget();
  budget.reset(MAX_RECORD);
  return JSON.parse(jsonValue(value, budget) ?? 'null');
}
