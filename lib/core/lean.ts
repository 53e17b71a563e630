import type { LogRecord } from './records/log-record.js';

/**
 * Marks a class of this package: its instances read records through `extraFields()` and `attribute()`,
 * so the fields of `extra` need not be copied onto the record before they see it.
 *
 * The mark is read from the object's own class only: classes derived from it may read `record.user_id`.
 */
export const LEAN: unique symbol = Symbol.for('nestjs-logging.lean');

/** True for components of this package, false for users' own and for classes derived from ours. */
export function isLean(component: object): boolean {
  const made: unknown = component.constructor;
  // A module namespace, and anything else without a prototype, has none.
  return typeof made === 'function' && Object.hasOwn(made, LEAN);
}

/** Makes `extra` fields attributes unless `component` is one of ours. */
export function exposeTo(component: object, record: LogRecord): void {
  if (!isLean(component)) record.expose();
}
