import { type FilterLike, isFilterLike } from '../../core/filter-like.js';
import { describeUnknownLevel, findLevel } from '../../core/levels.js';
import type { OptionIssue } from '../../core/options.js';
import { suggestion } from '../../core/suggestion.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { type Converter, isInheritedName } from './converters.js';

/** The names that entries of a configuration may refer to. */
export interface EntryNames {
  readonly formatters: readonly string[];
  readonly filters: readonly string[];
  readonly handlers: readonly string[];
}

/** Reads parts of a configuration, resolving references, and notes every error with its place. */
export class PlanReader {
  names: EntryNames = { formatters: [], filters: [], handlers: [] };

  constructor(
    readonly converter: Converter,
    readonly issues: OptionIssue[],
  ) {}

  issue(path: string, message: string): undefined {
    this.issues.push({ path, message });
    return undefined;
  }

  /** The entries of a section, sorted by name as Python makes them. */
  section(config: object, key: string, reports = true): [name: string, entry: unknown][] {
    const value = this.value(config, key, '', reports);
    if (value === undefined) return [];
    if (!isPlainObject(value)) {
      if (reports) this.issue(key, `expected an object of entries by name, got ${describe(value)}`);
      return [];
    }
    const entries: [string, unknown][] = [];
    for (const name of Object.keys(value).sort()) {
      if (!isInheritedName(name)) entries.push([name, this.value(value, name, key, reports)]);
      else if (reports) this.issue(`${key}.${name}`, 'this name is not allowed');
    }
    return entries;
  }

  /** One value with references resolved; `undefined` if the key is not there or a reference leads nowhere. */
  value(holder: object, key: string, path: string, reports = true): unknown {
    if (!Object.hasOwn(holder, key)) return undefined;
    const raw = (holder as Record<string, unknown>)[key];
    if (typeof raw !== 'string') return raw;
    const place = path === '' ? key : `${path}.${key}`;
    return this.converter.resolve(raw, (message) => (reports ? this.issue(place, message) : undefined));
  }

  /** The level of an entry as a number; `undefined` if there is none. */
  level(entry: object, path: string): number | undefined {
    const value = this.value(entry, 'level', path);
    if (value === undefined || value === null) return undefined;
    return findLevel(value) ?? this.issue(`${path}.level`, describeUnknownLevel(value));
  }

  /** A boolean of the whole configuration, or Python's other way of writing one, 0 or 1; `undefined` for none. */
  flag(config: object, key: string): boolean | undefined {
    const value = this.value(config, key, '');
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return value;
    if (value === 0 || value === 1) return value === 1;
    const meant = suggestion(String(value).toLowerCase(), ['true', 'false']);
    return this.issue(
      key,
      `expected a boolean, got ${describe(value)}${meant.startsWith('; did') ? meant.replaceAll('"', '') : ''}`,
    );
  }

  /** A list of names of handlers. */
  handlers(entry: object, path: string): string[] {
    return this.#list(entry, 'handlers', path).flatMap((item, index) => {
      const place = `${path}.handlers.${index}`;
      if (typeof item === 'string') return this.#known(item, 'handler', this.names.handlers, place);
      return this.issue(place, `expected the name of a handler, got ${describe(item)}`) ?? [];
    });
  }

  /** A list of names of filters, or of filters. */
  filters(entry: object, path: string): (string | FilterLike)[] {
    return this.#list(entry, 'filters', path).flatMap((item, index): (string | FilterLike)[] => {
      const place = `${path}.filters.${index}`;
      if (typeof item === 'string') return this.#known(item, 'filter', this.names.filters, place);
      if (isFilterLike(item)) return [item];
      return this.issue(place, `expected the name of a filter, or a filter, got ${describe(item)}`) ?? [];
    });
  }

  /** The name of a formatter. */
  formatter(entry: object, path: string): string | undefined {
    const value = this.value(entry, 'formatter', path);
    if (value === undefined || value === null) return undefined;
    const place = `${path}.formatter`;
    if (typeof value === 'string') return this.#known(value, 'formatter', this.names.formatters, place)[0];
    return this.issue(place, `expected the name of a formatter, got ${describe(value)}`);
  }

  #known(name: string, kind: string, names: readonly string[], place: string): string[] {
    if (names.includes(name)) return [name];
    this.issue(
      place,
      `no ${kind} named "${name}"${names.length === 0 ? `; there is no ${kind} at all` : suggestion(name, names)}`,
    );
    return [];
  }

  #list(entry: object, key: string, path: string): unknown[] {
    const value = this.value(entry, key, path);
    if (value === undefined || value === null) return [];
    const place = `${path}.${key}`;
    if (!Array.isArray(value)) {
      this.issue(place, `expected a list, got ${describe(value)}`);
      return [];
    }
    return value.map((item, index) =>
      typeof item === 'string'
        ? this.converter.resolve(item, (message) => this.issue(`${place}.${index}`, message))
        : item,
    );
  }
}

/** A value as an error names it: short, and without its content. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
