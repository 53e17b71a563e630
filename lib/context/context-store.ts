import { AsyncLocalStorage } from 'node:async_hooks';
import { type Fields, isTaken } from '../core/records/log-record.js';
import { reportNotice } from '../core/reports/diagnostics.js';
import { defineField } from '../runtime/define-field.js';
import { globalSlot } from '../runtime/global-slot.js';
import { fieldOf, keysOf } from '../runtime/hostile-values.js';

/** One running request or job. */
export interface ContextStore {
  /** Frozen; replaced as a whole when something is bound, because records keep a reference to it. */
  fields: Fields;
  /** What the context was made for (a request); inner contexts inherit it. Never on a record. */
  readonly owner?: object | undefined;
  /** Lets calls below their loggers' levels pass; inner contexts inherit it. */
  levels?: ContextLevels | undefined;
}

/** Makes one request or job be logged in more detail than others. */
export interface ContextLevels {
  /** Calls below this level do not pass. */
  readonly level: number;
  /** Whether a log call of at least that level passes. */
  admits(logger: string): boolean;
}

interface ContextState {
  readonly storage: AsyncLocalStorage<ContextStore>;
  /** How many have asked for the context on every record. */
  providers: number;
  /** How many have asked for the active span on every record. */
  tracers: number;
  /** Whether OpenTelemetry was loaded at the last check. */
  isTraced: boolean;
  /** Notices already given. */
  readonly notices: Set<string>;
}

/** How many notices are remembered; after that no more are given. */
const MAX_NOTICES = 100;

/** The contexts of this process, shared by every copy of the package. */
export const contexts: ContextState = globalSlot('context.2', () => ({
  storage: new AsyncLocalStorage<ContextStore>(),
  providers: 0,
  tracers: 0,
  isTraced: false,
  notices: new Set<string>(),
}));

/**
 * The fields of a context merged with others, frozen.
 *
 * A getter that throws reads as `[unreadable]`. A field set to `undefined` is removed. A name that a record has or inherits is left out, with one notice: a request
 * must not fail because of it.
 */
export function mergeFields(below: Fields | undefined, over: Fields): Fields {
  const merged: Record<string, unknown> = { ...below };
  const keys = typeof over === 'object' && over !== null ? keysOf(over) : undefined;
  if (keys === undefined)
    noticeOnce('the fields of a context are an object by name; anything else is left out');
  for (const key of keys ?? []) {
    const value = fieldOf(over, key);
    if (isTaken(key)) {
      noticeOnce(
        `context field '${key}' is left out: records have an attribute of that name; choose another`,
      );
    } else if (value !== undefined) {
      defineField(merged, key, value);
    } else if (Object.hasOwn(merged, key)) {
      Reflect.deleteProperty(merged, key);
    }
  }
  return Object.freeze(merged);
}

/** Gives a notice once. */
export function noticeOnce(text: string): void {
  const { notices } = contexts;
  if (notices.has(text) || notices.size >= MAX_NOTICES) return;
  notices.add(text);
  reportNotice(text);
}
