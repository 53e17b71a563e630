/*
 * What the copies of OpenTelemetry's interfaces share of themselves in the global object, so that neither package is
 * imported: whichever copy the application registered its SDK with is found.
 */
import { activeContext, type OtelContext, SPAN_KEY } from '../../../context/active-span.js';

/** Where `@opentelemetry/api-logs` keeps the provider: a function of the version of the interface. */
const LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LOGS_VERSION = 1;
/** Where `@opentelemetry/api` keeps itself; from 1.10 on it has the provider of logs too. */
const API = Symbol.for('opentelemetry.js.api.1');

/** Seconds and nanoseconds since the epoch. */
export type HrTime = [seconds: number, nanoseconds: number];

/** A record as OpenTelemetry's logs interface takes it: the part that is given. */
export interface OtelLogRecord {
  timestamp: HrTime;
  severityNumber: number;
  severityText: string;
  body: string;
  attributes: Record<string, unknown>;
  context: unknown;
}

/** A `Logger` of OpenTelemetry: the part that is used. */
export interface OtelLogger {
  emit(record: never): void;
}

/** A `LoggerProvider` of OpenTelemetry: the part that is used. That of the SDK has `forceFlush`. */
export interface OtelLoggerProvider {
  getLogger(name: string): OtelLogger;
  forceFlush?(): Promise<unknown>;
}

/** The provider that the application registered; `undefined` as long as it has not. */
export function globalLoggerProvider(): OtelLoggerProvider | undefined {
  const global = globalThis as {
    [LOGS]?: (version: number) => OtelLoggerProvider | undefined;
    [API]?: { readonly logs?: OtelLoggerProvider };
  };
  return global[LOGS]?.(LOGS_VERSION) ?? global[API]?.logs;
}

/**
 * The context that a record belongs to: the active one, with the record's span in it where that is another, as it is for
 * a record that was queued, or came from a worker.
 */
export function contextOf(traceId: string | undefined, spanId: string | undefined): OtelContext {
  const active = activeContext() ?? ROOT;
  if (traceId === undefined || spanId === undefined) return active;
  const current = (active.getValue(SPAN_KEY) as Partial<PastSpan> | undefined)?.spanContext?.();
  if (current?.traceId === traceId && current.spanId === spanId) return active;
  return active.setValue(SPAN_KEY, new PastSpan(traceId, spanId));
}

/** A context, for applications that have none of OpenTelemetry's. */
class Context implements OtelContext {
  readonly #values: ReadonlyMap<symbol, unknown>;

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values;
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  setValue(key: symbol, value: unknown): OtelContext {
    return new Context(new Map(this.#values).set(key, value));
  }

  deleteValue(key: symbol): OtelContext {
    const values = new Map(this.#values);
    values.delete(key);
    return new Context(values);
  }
}

const ROOT: OtelContext = new Context(new Map());

/** Whether a trace was sampled is not on a record; an SDK may be set to leave out records of traces that were not. */
const SAMPLED = 1;

/** A span of which only the ids are known: it takes nothing, as OpenTelemetry's own for that case. */
class PastSpan {
  readonly #context: { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };

  constructor(traceId: string, spanId: string) {
    this.#context = { traceId, spanId, traceFlags: SAMPLED };
  }

  spanContext() {
    return this.#context;
  }
  isRecording(): boolean {
    return false;
  }
  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  recordException(): void {}
  end(): void {}
}
