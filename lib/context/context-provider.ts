import { state } from '../core/state.js';
import { getContext } from './context.js';
import { contexts } from './context-store.js';

/** Fields that text formats print as `-` outside of a context, where they would fail otherwise. */
const USUAL_FIELDS = ['request_id', 'trace_id', 'span_id'] as const;

/**
 * Puts the running context's fields on every record from now on; they are passed by reference, which costs some
 * 30 ns a record.
 *
 * Text formats print `-` for `request_id`, `trace_id` and `span_id` outside of a context.
 *
 * @returns Undoes it, unless somebody else asked for it too.
 */
export function installContextProvider(): () => void {
  let isInstalled = true;
  contexts.providers += 1;
  state.contextProvider = getContext;
  installContextDefaults();
  return () => {
    if (!isInstalled) return;
    isInstalled = false;
    contexts.providers -= 1;
    if (contexts.providers === 0 && state.contextProvider === getContext) state.contextProvider = undefined;
  };
}

/** Lets text formats print `-` for the usual context fields of a record without them. */
export function installContextDefaults(): void {
  for (const name of USUAL_FIELDS) state.contextDefaults[name] ??= '-';
}
