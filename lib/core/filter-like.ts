import type { LogRecord } from './log-record.js';

/** What a filter answers: falsy drops the record, a record takes its place, anything else lets it pass. */
export type FilterResult = boolean | LogRecord | number | null | undefined;

/** A filter as a plain function. */
export type FilterFunction = (record: LogRecord) => FilterResult;

/** What filters stand on: a logger or a handler. */
export interface FilterOwner {
  /** Hands it a record, which its filters see. */
  handle(record: LogRecord): unknown;
}

/** A filter as an object. */
export interface FilterObject {
  /** Asked for each record. */
  filter(record: LogRecord): FilterResult;
  /** Told what it was put on: for filters that have something to say of their own. */
  attached?(owner: FilterOwner): void;
  /** Told what it was taken off. */
  detached?(owner: FilterOwner): void;
  /** Says what it has left to say; before the handler it is on is closed. */
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
