import { state } from '../core/state.js';
import { isTracing, withActiveSpan } from './active-span.js';
import { getContext } from './context.js';
import { contexts } from './context-store.js';

/** Fields that text formats print as `-` outside of a context, where they would fail otherwise. */
const USUAL_FIELDS = ['request_id', 'trace_id', 'span_id'] as const;

/** The providers set here; any other one was set by somebody else. */
const OURS: ReadonlySet<unknown> = new Set([getContext, getTracedContext, getSpan]);

/**
 * Puts the running context's fields on every record from now on; they are passed by reference, which costs about
 * 30 ns per record. Where the application traces with OpenTelemetry, `trace_id` and `span_id` of the active span are
 * put on them too.
 *
 * Text formats print `-` for `request_id`, `trace_id` and `span_id` outside of a context.
 *
 * @returns Undoes this, unless another caller asked for it too.
 */
export function installContextProvider(): () => void {
  return install('providers');
}

/**
 * Puts `trace_id` and `span_id` of the active OpenTelemetry span on every record, and nothing else.
 *
 * @returns Undoes this, unless another caller asked for it too.
 */
export function installTracing(): () => void {
  return install('tracers');
}

/**
 * Checks whether the application has begun to trace; call it where work begins, so that records need not check.
 */
export function lookForTracing(): void {
  if (!contexts.isTraced && isTracing()) choose();
}

/** Makes text formats print `-` for the usual context fields of a record without them. */
export function installContextDefaults(): void {
  for (const name of USUAL_FIELDS) state.contextDefaults[name] ??= '-';
}

function install(kind: 'providers' | 'tracers'): () => void {
  let isInstalled = true;
  contexts[kind] += 1;
  choose();
  installContextDefaults();
  return () => {
    if (!isInstalled) return;
    isInstalled = false;
    contexts[kind] -= 1;
    if (OURS.has(state.contextProvider)) choose();
  };
}

function choose(): void {
  contexts.isTraced = isTracing();
  if (contexts.providers > 0) state.contextProvider = contexts.isTraced ? getTracedContext : getContext;
  else state.contextProvider = contexts.isTraced && contexts.tracers > 0 ? getSpan : undefined;
}

function getTracedContext() {
  return withActiveSpan(getContext());
}

function getSpan() {
  return withActiveSpan(undefined);
}
