import type { Fields } from '../core/records/log-record.js';
import { contexts, mergeFields, noticeOnce } from './context-store.js';

/**
 * Runs a function in a context of its own: every record made in it, and in whatever it starts or awaits, carries
 * the fields.
 *
 * A nested context starts with the fields of the outer one; what is bound in it stays in it.
 *
 * @example
 * await runInContext({ job: 'cleanup', request_id: randomUUID() }, () => cleanUp());
 *
 * @param fields A name that records already have is left out, with a notice on standard error.
 * @returns What the function returns.
 */
export function runInContext<T>(fields: Fields, run: () => T): T {
  const { storage } = contexts;
  const outer = storage.getStore();
  const inner = { fields: mergeFields(outer?.fields, fields), owner: outer?.owner, levels: outer?.levels };
  return storage.run(inner, run);
}

/**
 * Adds fields to the running context: records made from now on carry them, those made before do not.
 *
 * Outside a context nothing is bound; one notice on standard error says so.
 *
 * @example
 * bindContext({ user_id: user.id });
 *
 * @param fields Those of the same name are replaced; `undefined` removes one.
 */
export function bindContext(fields: Fields): void {
  const store = contexts.storage.getStore();
  if (store === undefined) {
    noticeOnce('bindContext was called outside a context and did nothing; call it in runInContext');
    return;
  }
  store.fields = mergeFields(store.fields, fields);
}

/** The fields of the running context, frozen; `undefined` outside a context. */
export function getContext(): Fields | undefined {
  return contexts.storage.getStore()?.fields;
}

/**
 * Remembers the running context for work that is started elsewhere: callbacks of sockets, pools and event emitters.
 *
 * @returns Runs a function in that context, with what was bound to it meanwhile; outside a context, just runs it.
 */
export function captureContext(): <T>(run: () => T) => T {
  const { storage } = contexts;
  const store = storage.getStore();
  return (run) => (store === undefined ? run() : storage.run(store, run));
}
