import type { Agent } from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { oneLineFailure } from '../../delivery/delivery-failure.js';
import { exchangeHttp } from '../../http/http-request.js';
import { connector } from '../../network/connector.js';
import { DatagramTransport } from '../../network/datagram-transport.js';
import { hostPort } from '../../network/host-port.js';
import { SETTLE_MS, StreamTransport } from '../../network/stream-transport.js';
import { clientTls } from '../brokers/client.js';
import type { SendResult } from '../destination.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { httpVerdict } from '../http/http-verdict.js';
import { sendEach } from '../send-each.js';
import { sendOrRetry } from '../send-or-retry.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import { hostEntry, portEntry, shippingEntries } from '../shipping-options.js';
import { type BatchVerdict, delivered, retry } from '../verdict.js';

/** The keys of a GELFHandler in a configuration. */
const gelfHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      host: hostEntry("The machine that Graylog's input is on."),
      port: portEntry('The port of the input.', 12_201),
      protocol: v.optional(
        v.pipe(
          v.picklist(['udp', 'tcp', 'http'], "expected 'udp', 'tcp' or 'http'"),
          v.description('How messages travel; only `http` answers whether they arrived.'),
        ),
        'udp',
      ),
      compress: v.optional(v.pipe(v.boolean(), v.description('Whether datagrams are compressed.')), true),
      service: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description('The name of the application.'))),
      tls: tlsEntry('How TLS is spoken over TCP and HTTP: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(({ protocol, tls }) => !tls || protocol !== 'udp', 'tls: makes sense only with tcp and http'),
  ),
);

/** Options of GELFHandler. */
export type GELFHandlerOptions = v.InferInput<ReturnType<typeof gelfHandlerSchema>>;

/** The longest datagram of GELF, the two bytes that a part of a message begins with, and the head of such a part. */
const MAX_DATAGRAM = 8_192;
/**
 * A datagram that no network on the way has to split, as Graylog's own clients make them: its library for Go, which other
 * receivers are made with, reads no longer ones.
 */
const USUAL_DATAGRAM = 1_420;
const CHUNK_MAGIC = Buffer.from([0x1e, 0x0f]);
const CHUNK_HEAD = 12;
const MAX_CHUNKS = 128;
/** Requests under way at a time: with one, a server that answers in 20 ms would take 50 messages a second. */
const REQUESTS_AT_ONCE = 8;

/** How messages of one protocol are sent. */
interface Way {
  send(messages: readonly string[], signal: AbortSignal): Promise<SendResult>;
  close(): void;
}

/**
 * Sends records to Graylog, or another server that takes GELF: over UDP in parts of 1,420 bytes, longer ones where 128 do not
 * hold the message; over TCP, where each message ends with a NUL; or by HTTP, a request each. Of these eight are under way at a time, so the order is that
 * of the timestamps.
 *
 * Delivery over UDP and TCP is `at-most-once`, with a `spool` too: neither answers. Over TCP with a spool a batch is taken
 * for delivered when the connection has lasted for half a second after it. By HTTP 202 is delivered, and with a `spool`
 * delivery is `at-least-once`.
 *
 * @example
 * new GELFHandler({ host: 'graylog', protocol: 'tcp', service: 'shop' })
 */
export class GELFHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof gelfHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(GELFHandler, {
    name: 'GELFHandler',
    schema: gelfHandlerSchema,
  });

  readonly #json: ShapedJson;
  readonly #protocol: 'udp' | 'tcp' | 'http';
  readonly #way: Way;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: GELFHandlerOptions) {
    const o = checkOptions('GELFHandler', gelfHandlerSchema(), options, new.target === GELFHandler);
    const { host, port, protocol } = o;
    super(o, {
      name: `gelf${protocol}`,
      isAnswered: protocol === 'http',
      receiver: `${protocol}://${hostPort(host, port)}`,
      limits: {
        // What cannot be compressed is a little longer afterwards.
        maxRecordBytes: MAX_CHUNKS * (MAX_DATAGRAM - CHUNK_HEAD) - 1_024,
        // A request for each record: what is under way when the handler is closed is sent again from the spool.
        ...(protocol === 'http' ? { batchSize: 100 } : {}),
      },
    });
    this.#protocol = protocol;
    this.#json = new ShapedJson(this, 'gelf', { service: o.service });
    const tls = protocol === 'udp' ? undefined : clientTls('GELFHandler', host, { tls: o.tls });
    if (protocol === 'udp') this.#way = overUdp(host, port, o.compress);
    else if (protocol === 'tcp') this.#way = overTcp(host, port, tls, o.spool !== undefined);
    else this.#way = byHttp(host, port, tls, this.settings.timeoutMs);
  }

  protected override encode(record: LogRecord): string {
    return this.#json.write(record);
  }

  protected override send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    return this.#way.send(
      batch.map(({ item }) => item),
      signal,
    );
  }

  /** By HTTP each request has a time of its own, and a stale connection takes it twice. */
  protected override get sendTimeoutMs(): number {
    const { timeoutMs, batchSize } = this.settings;
    if (this.#protocol !== 'http') return timeoutMs;
    return (1 + Math.ceil(batchSize / REQUESTS_AT_ONCE)) * 2 * (timeoutMs + LIMITS.connectTimeoutMs);
  }

  protected override disconnect(): void {
    this.#way.close();
  }
}

function overUdp(host: string, port: number, isCompressed: boolean): Way {
  const transport = new DatagramTransport(host, port);
  const { deflate } = nodeModule('node:zlib');
  const compress = promisify<Buffer, Buffer>(deflate);
  return {
    async send(messages) {
      await transport.open();
      for (const message of messages) {
        const plain = Buffer.from(message);
        const bytes = isCompressed ? await compress(plain) : plain;
        await transport.send(chunksOf(bytes));
      }
      return delivered;
    },
    close: () => transport.close(),
  };
}

/** A message as datagrams: itself, or parts, each with the id of the message and its number. */
function chunksOf(bytes: Buffer): Buffer[] {
  if (bytes.length <= USUAL_DATAGRAM) return [bytes];
  const size = Math.max(USUAL_DATAGRAM - CHUNK_HEAD, Math.ceil(bytes.length / MAX_CHUNKS));
  const count = Math.ceil(bytes.length / size);
  const id = nodeModule('node:crypto').randomBytes(8);
  return Array.from({ length: count }, (_, index) => {
    const head = [CHUNK_MAGIC, id, Buffer.from([index, count])];
    return Buffer.concat([...head, bytes.subarray(index * size, (index + 1) * size)]);
  });
}

function overTcp(host: string, port: number, tls: ConnectionOptions | undefined, isCareful: boolean): Way {
  const transport = new StreamTransport({
    ...connector(host, port, tls),
    settleMs: isCareful ? SETTLE_MS : undefined,
    frame: (message) => Buffer.concat([message, Buffer.of(0)]),
  });
  return {
    async send(messages) {
      await sendOrRetry(
        transport,
        messages.map((message) => Buffer.from(message)),
      );
      return delivered;
    },
    close: () => transport.close(),
  };
}

function byHttp(hostname: string, port: number, tls: ConnectionOptions | undefined, timeoutMs: number): Way {
  const secure = tls !== undefined;
  const origin = `${secure ? 'https' : 'http'}://${hostPort(hostname, port)}`;
  let agent: Agent | undefined;
  const post = async (body: string, signal: AbortSignal): Promise<BatchVerdict> => {
    const { Agent } = nodeModule(secure ? 'node:https' : 'node:http');
    agent ??= new Agent({ keepAlive: true, maxSockets: REQUESTS_AT_ONCE, ...tls });
    const target = { ...{ origin, secure, hostname, port, agent, timeoutMs }, ...LIMITS };
    const headers = { 'Content-Type': 'application/json' };
    try {
      const message = { method: 'POST', path: '/gelf', headers, body } as const;
      return httpVerdict(await exchangeHttp(target, message, signal), origin);
    } catch (error) {
      return retry(oneLineFailure(error as Error, origin));
    }
  };
  return {
    send: (messages, signal) => sendEach(messages, REQUESTS_AT_ONCE, (message) => post(message, signal)),
    close: () => agent?.destroy(),
  };
}

const LIMITS = { connectTimeoutMs: 5_000, maxAnswerBytes: 4_096 };
