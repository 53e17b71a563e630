import type { LogRecord } from './records/log-record.js';

/** The result of a filter: falsy drops the record, a record replaces it, anything else lets it pass. */
export type FilterResult = boolean | LogRecord | number | null | undefined;

/** A filter as a plain function. */
export type FilterFunction = (record: LogRecord) => FilterResult;

/** What filters are attached to: a logger or a handler. */
export interface FilterOwner {
  /** Gives it a record, which its filters see. */
  handle(record: LogRecord): unknown;
}

/** A filter as an object. */
export interface FilterObject {
  /** Called for each record. */
  filter(record: LogRecord): FilterResult;
  /** Called with what it was added to: for filters that log records themselves. */
  attached?(owner: FilterOwner): void;
  /** Called with what it was removed from, and with a handler that was closed. */
  detached?(owner: FilterOwner): void;
  /** Logs pending summaries; called before its handler is closed. */
  flush?(): void;
}

/** Anything with a `filter` method, or a function. */
export type FilterLike = FilterFunction | FilterObject;

/** True for a function or an object with a `filter` method. */
export function isFilterLike(value: unknown): value is FilterLike {
  if (typeof value === 'function') return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { filter?: unknown }).filter === 'function'
  );
}
