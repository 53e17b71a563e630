import type { Fields } from '../core/log-record.js';
import { contexts, mergeFields, noticeOnce } from './context-store.js';

/**
 * Runs a function in a context of its own: every record made in it, and in whatever it starts or awaits, carries
 * the fields.
 *
 * A context inside of another starts with the fields of the outer one; what is bound in it stays in it.
 *
 * @example
 * await runInContext({ job: 'cleanup', request_id: randomUUID() }, () => cleanUp());
 *
 * @param fields A name that records have already is left out, with a notice on standard error.
 * @returns What the function returns.
 */
export function runInContext<T>(fields: Fields, run: () => T): T {
  const { storage } = contexts;
  const outer = storage.getStore();
  return storage.run({ fields: mergeFields(outer?.fields, fields), owner: outer?.owner }, run);
}

/**
 * Adds fields to the running context: records made from now on carry them, those made before do not.
 *
 * Outside of a context nothing is bound; a notice on standard error says so once.
 *
 * @example
 * bindContext({ user_id: user.id });
 *
 * @param fields Those of the same name are replaced; `undefined` takes one away.
 */
export function bindContext(fields: Fields): void {
  const store = contexts.storage.getStore();
  if (store === undefined) {
    noticeOnce('bindContext was called outside of a context and did nothing; call it in runInContext');
    return;
  }
  store.fields = mergeFields(store.fields, fields);
}

/** The fields of the running context, frozen; `undefined` outside of one. */
export function getContext(): Fields | undefined {
  return contexts.storage.getStore()?.fields;
}

/**
 * Remembers the running context for work that is started elsewhere: callbacks of sockets, pools and event emitters.
 *
 * @returns Runs a function in that context, with what was bound to it meanwhile; outside of one, just runs it.
 */
export function captureContext(): <T>(run: () => T) => T {
  const { storage } = contexts;
  const store = storage.getStore();
  return (run) => (store === undefined ? run() : storage.run(store, run));
}
