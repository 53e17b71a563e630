import type { LogRecord } from './log-record.js';

/**
 * On a class of this package: its instances read records through `extraFields()` and `attribute()`,
 * so the fields of `extra` need not be copied onto the record before they see it.
 *
 * The mark is looked for on the very class of an object: what users derive from it may read `record.user_id`.
 */
export const LEAN: unique symbol = Symbol.for('nestjs-logging.lean') as never;

/** True for components of this package, false for users' own and for classes derived from ours. */
export function isLean(component: object): boolean {
  return Object.hasOwn(component.constructor, LEAN);
}

/** Makes `extra` fields attributes unless `component` is one of ours. */
export function exposeTo(component: object, record: LogRecord): void {
  if (!isLean(component)) record.expose();
}
