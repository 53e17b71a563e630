import type { Fields } from '../core/records/log-record.js';
import { globalSlot } from '../runtime/global-slot.js';

/** Where `@opentelemetry/api` keeps its state: the same for all its copies of major version 1. */
const API = Symbol.for('opentelemetry.js.api.1');
/** The key of the span in a context of OpenTelemetry. */
export const SPAN_KEY: unique symbol = Symbol.for('OpenTelemetry Context Key SPAN');
const NO_TRACE = '0'.repeat(32);

/** A context of OpenTelemetry: values by key, never changed. */
export interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
  deleteValue(key: symbol): OtelContext;
}

/** The part of OpenTelemetry that is used here, so that the package need not be installed. */
interface ContextManager {
  active(): OtelContext;
  with<T>(context: unknown, run: () => T): T;
}

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** The last record's fields: most records of a span have the same. */
interface LastFields {
  span: SpanContext | undefined;
  below: Fields | undefined;
  merged: Fields | undefined;
}

const last = globalSlot(
  'context.trace.1',
  (): LastFields => ({ span: undefined, below: undefined, merged: undefined }),
);

/** Whether the application traces with OpenTelemetry; it may begin to at any time. */
export function isTracing(): boolean {
  return contextManager() !== undefined;
}

/** The active context of OpenTelemetry; `undefined` where the application does not trace. */
export function activeContext(): OtelContext | undefined {
  return contextManager()?.active();
}

/** The fields, with `trace_id` and `span_id` of the active span added if there is one. */
export function withActiveSpan(fields: Fields | undefined): Fields | undefined {
  const span = activeSpan();
  if (span === undefined) return fields;
  if (last.span !== span || last.below !== fields || last.merged === undefined) {
    last.span = span;
    last.below = fields;
    last.merged = Object.freeze({ ...fields, trace_id: span.traceId, span_id: span.spanId });
  }
  return last.merged;
}

/**
 * The active span, if there is one with a trace; a tracer of the application's own that throws, or gives nothing, must not
 * make a log call throw.
 */
function activeSpan(): SpanContext | undefined {
  try {
    const active = activeContext()?.getValue(SPAN_KEY) as { spanContext?(): SpanContext | null } | undefined;
    const span = active?.spanContext?.();
    return span && span.traceId !== NO_TRACE ? span : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Remembers the active span for what is logged when the asynchronous context is lost.
 *
 * @returns Runs a function as if the span were active; `undefined` where nothing is traced.
 */
export function captureSpan(): ((run: () => void) => void) | undefined {
  const manager = contextManager();
  if (manager === undefined) return undefined;
  const context = manager.active();
  return (run) => manager.with(context, run);
}

function contextManager(): ContextManager | undefined {
  return (globalThis as { [API]?: { readonly context?: ContextManager } })[API]?.context;
}
