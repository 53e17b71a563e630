import type { RequestHeaders } from '../http/request-id.js';

/** The contexts of Nest's transports and the calls of gRPC, as far as they carry headers. */
interface Carrier {
  /** NATS. */
  getHeaders?(): unknown;
  /** Kafka: `headers`; RabbitMQ: `properties.headers`. */
  getMessage?(): { headers?: unknown; properties?: { headers?: unknown } } | undefined;
  /** MQTT 5. */
  getPacket?(): { properties?: { userProperties?: unknown } } | undefined;
  /** TCP and Redis from Nest 12 on. */
  getMetadata?(): unknown;
  /** gRPC. */
  metadata?: unknown;
}

/** The ids that a message carries, where its transport has headers. */
export function headersOf(context: unknown): RequestHeaders | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  try {
    const headers = headersIn(context as Carrier);
    if (typeof headers !== 'object' || headers === null) return undefined;
    return { 'x-request-id': read(headers, 'x-request-id'), traceparent: read(headers, 'traceparent') };
  } catch {
    // A context of another kind with methods of these names.
    return undefined;
  }
}

function headersIn(context: Carrier): unknown {
  if (typeof context.getHeaders === 'function') return context.getHeaders();
  if (typeof context.getMetadata === 'function') return context.getMetadata();
  if (typeof context.getPacket === 'function') return context.getPacket()?.properties?.userProperties;
  if (typeof context.getMessage !== 'function') return context.metadata;
  const message = context.getMessage();
  return message?.properties?.headers ?? message?.headers;
}

function read(headers: object, name: string): string | undefined {
  const { get } = headers as { get?: unknown };
  const found: unknown =
    typeof get === 'function'
      ? (get as (name: string) => unknown).call(headers, name)
      : Object.hasOwn(headers, name)
        ? (headers as Record<string, unknown>)[name]
        : undefined;
  // gRPC and MQTT may have several of one name.
  const value: unknown = Array.isArray(found) ? found[0] : found;
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) && value.length <= 256 ? value.toString('utf8') : undefined;
}
