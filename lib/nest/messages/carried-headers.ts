/** The parts of transport contexts and of gRPC calls that carry headers. */
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

/** How many headers of a message are read. */
const MAX_HEADERS = 100;

/** Finds a header of a message by its lower-case name, where its transport has headers. */
export function headerOf(context: unknown): (name: string) => string | undefined {
  let headers: unknown;
  let isRead = false;
  return (name) => {
    if (typeof context !== 'object' || context === null) return undefined;
    try {
      if (!isRead) headers = headersIn(context as Carrier);
      isRead = true;
      return typeof headers === 'object' && headers !== null ? read(headers, name) : undefined;
    } catch {
      // A context of another kind with methods of these names.
      return undefined;
    }
  };
}

function headersIn(context: Carrier): unknown {
  if (typeof context.getHeaders === 'function') return context.getHeaders();
  if (typeof context.getMetadata === 'function') return context.getMetadata();
  if (typeof context.getPacket === 'function') return context.getPacket()?.properties?.userProperties;
  if (typeof context.getMessage !== 'function') return context.metadata;
  const message = context.getMessage();
  return message?.properties?.headers ?? message?.headers;
}

function headerNamed(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(headers, name)) return headers[name];
  const key = Object.keys(headers)
    .slice(0, MAX_HEADERS)
    .find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : headers[key];
}

function read(headers: object, name: string): string | undefined {
  const { get } = headers as { get?: unknown };
  const found: unknown =
    typeof get === 'function'
      ? (get as (name: string) => unknown).call(headers, name)
      : headerNamed(headers as Record<string, unknown>, name);
  // gRPC and MQTT may have several of one name.
  const value: unknown = Array.isArray(found) ? found[0] : found;
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) && value.length <= 256 ? value.toString('utf8') : undefined;
}
