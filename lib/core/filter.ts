import * as v from 'valibot';
import { brand } from '../runtime/brand.js';
import { lazy } from '../runtime/lazy.js';
import { COMPONENT, declareComponent } from './component.js';
import { LoggingError } from './errors.js';
import {
  type FilterLike,
  type FilterObject,
  type FilterOwner,
  type FilterResult,
  isFilterLike,
} from './filter-like.js';
import { exposeTo, LEAN } from './lean.js';
import { checkOptions } from './options.js';
import { passedBy } from './overrides.js';
import type { LogRecord } from './records/log-record.js';

/** Options of a {@link Filter}. */
export const filterSchema = lazy(() =>
  v.strictObject({
    name: v.optional(
      v.pipe(
        v.string(),
        v.description("Name of the logger whose records, and those of its children, pass; '' for all."),
      ),
      '',
    ),
  }),
);

/** Options of a {@link Filter}. */
export type FilterOptions = v.InferInput<ReturnType<typeof filterSchema>>;

/**
 * Passes the records of one logger and of its children.
 *
 * Derive from it, or give any object with a `filter` method, or a function.
 *
 * @see https://docs.python.org/3/library/logging.html#filter-objects
 */
export class Filter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof filterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(Filter, {
    name: 'Filter',
    pythonNames: ['logging.Filter'],
    schema: filterSchema,
  });

  /** Name of the logger whose records pass. */
  readonly name: string;

  /**
   * @param options The options, or just the name, as in Python.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
   */
  constructor(options: FilterOptions | string = {}) {
    const given = typeof options === 'string' ? { name: options } : options;
    this.name = checkOptions('Filter', filterSchema(), given, new.target === Filter).name;
  }

  /** True if the record comes from the named logger or from one below it. */
  filter(record: LogRecord): FilterResult {
    const { name } = this;
    if (name === '' || record.name === name) return true;
    return record.name.startsWith(name) && record.name[name.length] === '.';
  }
}
brand(Filter.prototype, 'filter');

/**
 * The base of loggers and handlers: a list of filters.
 *
 * @see https://docs.python.org/3/library/logging.html#filter-objects
 */
export class Filterer {
  /** The filters, in the order of their calls. */
  filters: FilterLike[] = [];

  /** Adds a filter, once. @throws {LoggingError} `ERR_LOGGING_ARGUMENT` if it is not a filter. */
  addFilter(filter: FilterLike): void {
    if (!isFilterLike(filter)) {
      throw new LoggingError(
        'ERR_LOGGING_ARGUMENT',
        `addFilter: expected a function or an object with a filter(record) method, got ${typeof filter}`,
      );
    }
    if (this.filters.includes(filter)) return;
    this.filters.push(filter);
    if (isOwner(this)) (filter as Partial<FilterObject>).attached?.(this);
  }

  /** Removes a filter; does nothing if it is not in the list. */
  removeFilter(filter: FilterLike): void {
    const index = this.filters.indexOf(filter);
    if (index < 0) return;
    this.filters.splice(index, 1);
    if (isOwner(this)) (filter as Partial<FilterObject>).detached?.(this);
  }

  /**
   * Calls the filters in turn.
   *
   * @returns `false` if one of them drops the record, else the record to go on with.
   */
  filter(record: LogRecord): LogRecord | false {
    let current = record;
    const { filters } = this;
    for (let at = 0; at < filters.length; at += 1) {
      const filter = filters[at] as FilterLike;
      exposeTo(filter, current);
      const result = typeof filter === 'function' ? filter(current) : filter.filter(current);
      // If a filter removes itself, the next one moves into its place, and must still be called: it may remove secrets.
      if (filters[at] !== filter) at -= 1;
      if (result === true) continue;
      const passed = passedBy(result, current, this);
      if (passed === false) return false;
      current = passed;
    }
    return current;
  }
}

const { filter: askAll } = Filterer.prototype;

/** Whether there is anything to call: a filter, or an overridden `filter` method. */
export function asksFilters(filterer: Filterer): boolean {
  return filterer.filters.length > 0 || filterer.filter !== askAll;
}

/** Calls a `filter` of any class; a user's may read `record.user_id`. */
export function askFilters(filterer: Filterer, record: LogRecord): unknown {
  if (filterer.filter !== askAll) record.expose();
  return filterer.filter(record);
}

function isOwner(filterer: Filterer): filterer is Filterer & FilterOwner {
  return typeof (filterer as Partial<FilterOwner>).handle === 'function';
}
