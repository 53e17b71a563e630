import type { RequestHeaders } from '../http/request-id.js';

/** The contexts of Nest's transports, as far as they carry headers. */
interface TransportContext {
  /** NATS. */
  getHeaders?(): unknown;
  /** Kafka: `headers`; RabbitMQ: `properties.headers`. */
  getMessage?(): { headers?: unknown; properties?: { headers?: unknown } } | undefined;
  /** TCP and Redis from Nest 12 on. */
  getMetadata?(): unknown;
}

/** The ids that a message carries, where its transport has headers. */
export function headersOf(context: unknown): RequestHeaders | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  try {
    const carrier = carrierOf(context as TransportContext);
    if (typeof carrier !== 'object' || carrier === null) return undefined;
    return { 'x-request-id': read(carrier, 'x-request-id'), traceparent: read(carrier, 'traceparent') };
  } catch {
    // A context of another kind with methods of these names.
    return undefined;
  }
}

function carrierOf(context: TransportContext): unknown {
  if (typeof context.getHeaders === 'function') return context.getHeaders();
  if (typeof context.getMetadata === 'function') return context.getMetadata();
  if (typeof context.getMessage !== 'function') return undefined;
  const message = context.getMessage();
  return message?.properties?.headers ?? message?.headers;
}

function read(carrier: object, name: string): string | undefined {
  const { get } = carrier as { get?: unknown };
  const value: unknown =
    typeof get === 'function'
      ? (get as (name: string) => unknown).call(carrier, name)
      : Object.hasOwn(carrier, name)
        ? (carrier as Record<string, unknown>)[name]
        : undefined;
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) && value.length <= 256 ? value.toString('utf8') : undefined;
}
