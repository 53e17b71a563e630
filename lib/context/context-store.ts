import { AsyncLocalStorage } from 'node:async_hooks';
import { reportNotice } from '../core/diagnostics.js';
import { type Fields, isTaken } from '../core/log-record.js';
import { defineField } from '../internal/define-field.js';
import { globalSlot } from '../internal/global-slot.js';

/** One running request or job. */
export interface ContextStore {
  /** Frozen; replaced as a whole when something is bound, since records hold on to it. */
  fields: Fields;
  /** What the context was made for (a request); contexts inside of it have the same. Never on a record. */
  readonly owner?: object | undefined;
}

interface ContextState {
  readonly storage: AsyncLocalStorage<ContextStore>;
  /** How many have asked for the context on every record. */
  providers: number;
  /** How many have asked for the active span on every record. */
  tracers: number;
  /** Whether OpenTelemetry was there when it was last looked for. */
  isTraced: boolean;
  /** What has been complained of. */
  readonly notices: Set<string>;
}

/** Complaints that are remembered; from then on nothing more is said. */
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
 * The fields of a context with others over them, frozen.
 *
 * A field set to `undefined` goes away. A name that a record has or inherits is left out, and said once: a request
 * must not fail because of it.
 */
export function mergeFields(below: Fields | undefined, over: Fields): Fields {
  const merged: Record<string, unknown> = { ...below };
  for (const key of Object.keys(over)) {
    const value = over[key];
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

/** Says something once. */
export function noticeOnce(text: string): void {
  const { notices } = contexts;
  if (notices.has(text) || notices.size >= MAX_NOTICES) return;
  notices.add(text);
  reportNotice(text);
}
