import { JsonBudget } from '../python/json/json-budget.js';
import { jsonValue } from '../python/json/json-value.js';
import { defineField } from '../runtime/define-field.js';
import { MAX_RECORD } from '../runtime/limits.js';
import { CENSOR } from './redact-text.js';

/** What replaces a value at a path: a string, or what a function returns for value and path. */
export type Censor = string | ((value: unknown, path: readonly string[]) => unknown);

/** Any key of an object and any item of an array. */
const ANY: unique symbol = Symbol('any');

type Step = string | typeof ANY;

/** A step of a path, at its beginning or after a dot: `.name`, `[0]`, `[*]`, `["x-api-key"]`. */
const STEP = /(\.)?([^.[\]"'\s]+)|\[(?:(\*)|(\d+)|"([^"]*)"|'([^']*)')\]/y;

/**
 * The steps of a path in pino's language; `undefined` for an invalid path.
 *
 * @example parsePath('items[*].card'), parsePath('headers["x-api-key"]'), parsePath('*.token')
 */
export function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const pattern = new RegExp(STEP);
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    const [, dot, name, any, index, double, single] = match;
    // A dot may only be between two names.
    if (name !== undefined && (dot !== undefined) !== steps.length > 0) return undefined;
    steps.push(name === '*' || any !== undefined ? ANY : (name ?? index ?? double ?? single ?? ''));
  }
  return steps.length === 0 ? undefined : steps;
}

/** The steps of a path that names each of them; `undefined` for one with a wildcard. */
export function parseNames(path: string): readonly string[] | undefined {
  const steps = parsePath(path);
  return steps?.every((step) => typeof step === 'string') ? (steps as readonly string[]) : undefined;
}

/** What happens to the values at some paths. */
export interface PathRedactionOptions {
  /** Each with at least one step: {@link parsePath} takes them. */
  readonly paths: readonly string[];
  readonly censor: Censor;
  /** Whether the values are removed together with their names. */
  readonly remove: boolean;
}

/** Removes the values at given paths from fields. Changes nothing that it is given, and throws nothing. */
export class PathRedaction {
  readonly #paths: readonly (readonly Step[])[];
  readonly #censor: Censor;
  readonly #isRemoved: boolean;

  /** @param otherName A field's name where it has two; paths may begin with either. Default: it has one. */
  constructor(
    { paths, censor, remove }: PathRedactionOptions,
    otherName: (name: string) => string = (name) => name,
  ) {
    this.#paths = paths.flatMap((path) => {
      const steps = parsePath(path) ?? [];
      const [first, ...rest] = steps;
      return typeof first !== 'string' || otherName(first) === first
        ? [steps]
        : [steps, [otherName(first), ...rest]];
    });
    this.#censor = censor;
    this.#isRemoved = remove;
  }

  /**
   * A field without the values at the paths: itself if there are none, `undefined` if it is removed.
   *
   * A value that a path leads into is read as it is written in JSON, `toJSON`, getters, Maps and errors included: what
   * is removed is what would have been printed. The result is plain data.
   *
   * @param convert See {@link JsonBudget.convert}.
   */
  field(name: string, value: unknown, convert?: JsonBudget['convert']): unknown {
    const paths = this.#paths.filter(([first]) => first === ANY || first === name);
    if (paths.length === 0) return value;
    if (paths.some((path) => path.length === 1)) return this.#instead(value, [name]);
    if (typeof value !== 'object' || value === null) return value;
    const plain = this.#plain(value, convert);
    let isChanged = false;
    for (const path of paths) isChanged = this.#redact(plain, path, 1, [name]) || isChanged;
    return isChanged ? plain : value;
  }

  /** Fields without the values at the paths: the same object if there are none. Their getters are read. */
  fields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(fields)) {
      const shown = this.field(key, fields[key]);
      if (shown === fields[key]) continue;
      copy ??= { ...fields };
      defineField(copy, key, shown);
    }
    return copy ?? fields;
  }

  /** The value as it is written: data of our own, without cycles and of bounded size. */
  #plain(value: object, convert: JsonBudget['convert']): unknown {
    const budget = new JsonBudget();
    budget.reset(MAX_RECORD);
    budget.convert = convert;
    return JSON.parse(jsonValue(value, budget) ?? 'null');
  }

  /** @returns Whether anything was there. */
  #redact(holder: unknown, path: readonly Step[], at: number, way: readonly string[]): boolean {
    if (typeof holder !== 'object' || holder === null) return false;
    const step = path[at];
    const keys =
      step === ANY ? Object.keys(holder) : Object.hasOwn(holder, step as string) ? [step as string] : [];
    const fields = holder as Record<string, unknown>;
    let isChanged = false;
    for (const key of keys) {
      if (Array.isArray(holder) && key === 'length') continue;
      const here = [...way, key];
      if (at < path.length - 1) {
        isChanged = this.#redact(fields[key], path, at + 1, here) || isChanged;
        continue;
      }
      isChanged = true;
      // An array keeps its length: what is removed from it is null.
      if (this.#isRemoved && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
      else defineField(holder, key, this.#isRemoved ? null : this.#instead(fields[key], here));
    }
    return isChanged;
  }

  #instead(value: unknown, way: readonly string[]): unknown {
    if (this.#isRemoved) return undefined;
    if (typeof this.#censor === 'string') return this.#censor;
    try {
      return this.#censor(value, way);
    } catch {
      // What cannot be censored is not shown.
      return CENSOR;
    }
  }
}
