import type { LogRecord } from './log-record.js';

/** What a filter answers: falsy drops the record, a record takes its place, anything else lets it pass. */
export type FilterResult = boolean | LogRecord | number | null | undefined;

/** A filter as a plain function. */
export type FilterFunction = (record: LogRecord) => FilterResult;

/** Anything with a `filter` method, or a function. */
export type FilterLike = FilterFunction | { filter(record: LogRecord): FilterResult };

/** True for a function or an object with a `filter` method. */
export function isFilterLike(value: unknown): value is FilterLike {
  if (typeof value === 'function') return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { filter?: unknown }).filter === 'function'
  );
}
