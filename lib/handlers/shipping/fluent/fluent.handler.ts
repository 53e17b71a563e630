import { promisify } from 'node:util';
import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { CONNECT_MS } from '../../network/connected-transport.js';
import { connector } from '../../network/connector.js';
import { hostPort } from '../../network/host-port.js';
import { SETTLE_MS } from '../../network/stream-transport.js';
import { Client, clientTls, loadSoon } from '../brokers/client.js';
import type { SendResult } from '../destination.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import { hostEntry, portEntry, shippingEntries } from '../shipping-options.js';
import { delivered, type RecordVerdict, rejected } from '../verdict.js';
import { FluentRefusal, FluentSession } from './fluent-session.js';
import { loadMsgpack, type Msgpack } from './msgpack.js';

const text = (what: string) => v.optional(v.pipe(v.string(), v.nonEmpty(), v.description(what)));

/** The keys of a FluentHandler in a configuration. */
const fluentHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      host: hostEntry('The machine that Fluentd, Fluent Bit or a collector listens on.'),
      port: portEntry('The port of its input `forward`.', 24_224),
      tag: v.optional(
        v.pipe(
          v.string(),
          v.nonEmpty('expected a tag'),
          v.description('The tag, by which the server decides what becomes of records: `shop.web`.'),
        ),
        'app',
      ),
      ack: v.optional(
        v.pipe(
          v.boolean(),
          v.description(
            'Whether the server is asked to say what it has; without it nobody knows what arrives.',
          ),
        ),
        true,
      ),
      compression: v.optional(
        v.pipe(
          v.picklist(['gzip', 'none'], "expected 'gzip' or 'none'"),
          v.description('How records are compressed.'),
        ),
        'none',
      ),
      sharedKey: text('What server and clients know of each other by, where the server asks for it.'),
      username: text('Who we are, where the server asks for that too.'),
      password: text('The password of `username`.'),
      service: text('The name of the application, in the field `service`.'),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ sharedKey, username, password }) =>
        (username === undefined) === (password === undefined) &&
        (username === undefined || sharedKey !== undefined),
      'username: give it with a password and a sharedKey',
    ),
  ),
);

/** Options of FluentHandler. */
export type FluentHandlerOptions = v.InferInput<ReturnType<typeof fluentHandlerSchema>>;

/** The type of an EventTime among MessagePack's extensions. */
const EVENT_TIME = 0;

/**
 * Sends records to Fluentd, Fluent Bit, or a collector that speaks Fluent's Forward protocol, over TCP or TLS.
 *
 * Records are maps in MessagePack, with the names of {@link JsonFormatter}, or what the formatter's JSON holds; their time
 * is that of the log call, to the microsecond. A batch is one message (PackedForward), which the server acknowledges.
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`. An acknowledged batch is delivered; one that is not within
 * `timeoutMs` is sent again. The protocol has no answer that rejects: a server that finds a batch too long says nothing,
 * so `maxBatchBytes` must be less than what it takes (`Buffer_Max_Size`, `chunk_size_limit`). With `ack: false` nobody
 * knows what arrived: a batch counts as delivered when the system has taken it, and with a `spool` when the connection
 * has lasted for half a second after that.
 *
 * A server that does not accept the shared key, the user or the password refuses everything until that is fixed. The
 * key and the password are never sent: each side proves by a digest that it knows them.
 *
 * Needs the package `@msgpack/msgpack`.
 *
 * @example
 * new FluentHandler({ host: 'fluentd', tag: 'shop.web', sharedKey: process.env.FLUENT_KEY, tls: true })
 * @see https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
export class FluentHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof fluentHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(FluentHandler, {
    name: 'FluentHandler',
    schema: fluentHandlerSchema,
  });

  readonly #client: Client<FluentSession>;
  readonly #json: ShapedJson;
  readonly #tag: string;
  readonly #hasAck: boolean;
  readonly #isCompressed: boolean;
  readonly #settleMs: number;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: FluentHandlerOptions = {}) {
    const o = checkOptions('FluentHandler', fluentHandlerSchema(), options, new.target === FluentHandler);
    const { host, port, sharedKey, username = '', password = '' } = o;
    super(o, {
      name: 'fluent',
      isAnswered: o.ack,
      receiver: `fluent://${hostPort(host, port)}`,
      secrets: [sharedKey, o.password],
    });
    this.#tag = o.tag;
    this.#hasAck = o.ack;
    this.#isCompressed = o.compression === 'gzip';
    this.#settleMs = o.spool === undefined ? 0 : SETTLE_MS;
    this.#json = new ShapedJson(this, undefined, { service: o.service });
    const server = connector(host, port, clientTls('FluentHandler', host, { tls: o.tls }));
    const credentials =
      sharedKey === undefined
        ? undefined
        : { sharedKey, username, password, hostname: nodeModule('node:os').hostname() };
    this.#client = new Client({
      open: async () => FluentSession.open(server, await loadMsgpack(), credentials, CONNECT_MS),
      isOpen: ({ error }) => error === undefined,
      close: (session) => session.close(),
    });
    loadSoon(this, loadMsgpack);
  }

  /** The time, in seconds and nanoseconds, on a line of its own; then the record. */
  protected override encode(record: LogRecord): string {
    const created = Number.isFinite(record.created) ? Math.max(0, record.created) : Date.now() / 1_000;
    const microseconds = Math.round(created * 1e6);
    const time = [Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1_000];
    return `${JSON.stringify(time)}\n${this.#json.write(record)}`;
  }

  protected override async send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    const msgpack = await loadMsgpack();
    const { events, verdicts } = eventsOf(batch, msgpack);
    if (events.length === 0) return verdicts;
    const packed = Buffer.concat(events);
    const entries = this.#isCompressed ? await gzip(packed) : packed;
    const chunk = this.#hasAck ? chunkOf(batch) : undefined;
    const message = msgpack.encode([
      this.#tag,
      entries,
      {
        size: events.length,
        ...(this.#isCompressed ? { compressed: 'gzip' } : {}),
        ...(chunk === undefined ? {} : { chunk }),
      },
    ]);
    try {
      await this.#client.use(signal, (session) => this.#exchange(session, message, chunk));
      return verdicts;
    } catch (error) {
      if (error instanceof FluentRefusal) return { outcome: 'refused', reason: error.message };
      throw error;
    }
  }

  protected override disconnect(): Promise<void> {
    return this.#client.drop();
  }

  async #exchange(session: FluentSession, message: Uint8Array, chunk: string | undefined): Promise<void> {
    if (chunk === undefined) {
      await session.send(message);
      if (this.#settleMs > 0) await session.last(this.#settleMs);
    } else {
      await session.sendAndWait(message, chunk);
    }
    if (!session.staysOpen) await this.#client.drop();
  }
}

function gzip(bytes: Buffer): Promise<Buffer> {
  return promisify<Buffer, Buffer>(nodeModule('node:zlib').gzip)(bytes);
}

/** The events of a batch, and what becomes of its records if they arrive: one that is no event is rejected alone. */
function eventsOf(
  batch: readonly ShippingEntry[],
  msgpack: Msgpack,
): { readonly events: Uint8Array[]; readonly verdicts: RecordVerdict[] } {
  const events: Uint8Array[] = [];
  const verdicts = batch.map(({ item }) => {
    try {
      events.push(eventOf(item, msgpack));
      return delivered;
    } catch (error) {
      // The formatter's JSON may be nested too deeply.
      return rejected(`MessagePack cannot hold it: ${(error as Error).message}`);
    }
  });
  return { events, verdicts };
}

/** An entry as an event: its time and its fields. */
function eventOf(item: string, { encode, ExtData }: Msgpack): Uint8Array {
  const at = item.indexOf('\n');
  const [seconds, nanoseconds] = JSON.parse(item.slice(0, at)) as [number, number];
  const time = Buffer.alloc(8);
  time.writeUInt32BE(seconds % 2 ** 32, 0);
  time.writeUInt32BE(nanoseconds, 4);
  return encode([new ExtData(EVENT_TIME, time), fieldsOf(item.slice(at + 1))]);
}

/**
 * The fields of a record. Half of a pair, which UTF-8 does not have, is replaced, and a field that would be an object's
 * prototype, which decoders refuse with the whole batch, has another name.
 */
function fieldsOf(json: string): object {
  const fields = JSON.parse(json) as object;
  return /\\u[dD][89a-fA-F]|__proto__/.test(json) ? (tame(fields) as object) : fields;
}

function tame(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\ud800-\udfff]/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(tame);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    return [name === '__proto__' ? 'extra___proto__' : tame(name), tame(inner)];
  });
  return Object.fromEntries(entries);
}

/** The name of a batch, 16 bytes in Base64: the same when the same records are sent again. */
function chunkOf(batch: readonly ShippingEntry[]): string {
  const hash = nodeModule('node:crypto').createHash('sha256');
  for (const { id } of batch) hash.update(`${id} `);
  return hash.digest().subarray(0, 16).toString('base64');
}
