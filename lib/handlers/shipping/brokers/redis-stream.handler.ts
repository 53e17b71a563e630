import type { ConnectionOptions } from 'node:tls';
import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { loadOptionalPeer, notLoaded } from '../../../core/optional-peer.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import type { SendResult } from '../destination.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import { shippingEntries } from '../shipping-options.js';
import { delivered, type RecordVerdict, rejected, retry } from '../verdict.js';
import { addressParts } from './address-parts.js';
import { Client, clientTls, loadSoon } from './client.js';
import { clientEntry, givenClient, hasMethods } from './client-options.js';

/** The part of a client of ioredis, also of a cluster, that is used. */
export interface RedisClient {
  pipeline(commands: (string | Buffer | number)[][]): {
    exec(): Promise<[error: Error | null, result: unknown][] | null>;
  };
}

/** The keys of a RedisStreamHandler in a configuration. */
const redisStreamHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: v.optional(
        v.pipe(
          v.string(),
          v.regex(
            /^(rediss?:\/\/|unix:\/\/|\/)/,
            'expected an address that begins with redis:// or rediss://',
          ),
          v.description('The address of Redis: `redis://user:password@host:6379/0`, `rediss://` for TLS.'),
        ),
      ),
      client: clientEntry<RedisClient>('a client of ioredis', (value) => hasMethods(value, 'pipeline')),
      key: v.pipe(v.string(), v.nonEmpty('expected a key'), v.description('The key of the stream.')),
      maxLength: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1, 'expected 1 or more'),
          v.description(
            'About how many entries the stream keeps: the oldest go (`MAXLEN ~`). Default all, until Redis is full.',
          ),
        ),
      ),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`; `rediss://` speaks it too.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ url, client }) => (url === undefined) !== (client === undefined),
      'url: give either url or client',
    ),
    v.check(({ client, tls }) => client === undefined || tls === undefined, 'client: has tls of its own'),
  ),
);

/** Options of RedisStreamHandler. */
export type RedisStreamHandlerOptions = v.InferInput<ReturnType<typeof redisStreamHandlerSchema>>;

/** A client that ioredis makes. */
interface OwnRedis extends RedisClient {
  readonly status: string;
  connect(): Promise<void>;
  disconnect(): void;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

type RedisClass = new (url: string, options: object) => OwnRedis;

/**
 * Answers that mean that Redis itself has a problem, whatever the entry: full, starting, failing over, not able to
 * save.
 */
const PASSING =
  /^(OOM|LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|MOVED|ASK|UNBLOCKED|EXECABORT)\b/;
/** Answers that mean that nothing of ours is accepted: the key is not a stream, or we may not write to it. */
const REFUSING = /^(WRONGTYPE|NOPERM|NOAUTH|WRONGPASS)\b/;

/**
 * Appends records to a stream of Redis, by `XADD` in a pipeline.
 *
 * An entry has the fields `id`, `level`, `logger` and `record`: the record as JSON, or as the formatter writes it.
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`. Redis has no way to drop a repeat: readers that must not
 * see one recognise it by `id`, which a record keeps however often it is sent.
 *
 * A record is delivered when Redis answers with the id of its entry. A Redis that is full, starts or fails over is
 * tried again. A key that is not a stream, or that we may not write to, refuses everything until that is fixed.
 *
 * Needs the package `ioredis` unless `client` is given. A client of the application's should have
 * `autoResendUnfulfilledCommands: false`: what both it and the handler send again is stored twice.
 *
 * @example
 * new RedisStreamHandler({ url: 'redis://redis:6379', key: 'logs', maxLength: 1_000_000 })
 */
export class RedisStreamHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The options that may be injection tokens. */
  static readonly tokenOptions: readonly string[] = ['client'];
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof redisStreamHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(RedisStreamHandler, {
    name: 'RedisStreamHandler',
    schema: redisStreamHandlerSchema,
  });

  readonly #client: Client<RedisClient>;
  readonly #json: ShapedJson;
  /** What every command begins with. */
  readonly #command: readonly string[];

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: RedisStreamHandlerOptions) {
    const isOwn = new.target === RedisStreamHandler;
    const o = checkOptions('RedisStreamHandler', redisStreamHandlerSchema(), options, isOwn);
    const { receiver, host, secrets } = addressParts(o.url);
    super(o, { name: 'redisstream', receiver, secrets });
    const given = givenClient('RedisStreamHandler', o.client);
    this.#json = new ShapedJson(this, undefined, {});
    this.#command = [
      'xadd',
      o.key,
      ...(o.maxLength === undefined ? [] : ['MAXLEN', '~', String(o.maxLength)]),
      '*',
    ];
    if (given !== undefined) {
      this.#client = new Client({ open: async () => given, close: () => undefined });
      return;
    }
    const tls = clientTls('RedisStreamHandler', host, {
      tls: o.url?.startsWith('rediss:') ? (o.tls ?? true) : o.tls,
      hasSecret: secrets.length > 0,
    });
    const url = o.url as string;
    this.#client = new Client<RedisClient>({
      open: () => connect(url, tls, this.settings.timeoutMs),
      isOpen: (client) => (client as OwnRedis).status === 'ready',
      close: (client) => (client as OwnRedis).disconnect(),
      keepsAlive: true,
    });
    loadSoon(this, loadIoredis);
  }

  /** The level and the logger, on a line of their own; then the record. */
  protected override encode(record: LogRecord): string {
    return `${JSON.stringify([record.levelname, record.name])}\n${this.#json.line(record)}`;
  }

  protected override send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    return this.#client.use(signal, async (client) => {
      const commands = batch.map((entry) => {
        const at = entry.item.indexOf('\n');
        const [level, logger] = JSON.parse(entry.item.slice(0, at)) as [string, string];
        const record = entry.item.slice(at + 1);
        const fields = ['id', entry.id, 'level', level, 'logger', logger, 'record', record];
        return [...this.#command, ...fields];
      });
      const answers = await client.pipeline(commands).exec();
      if (answers === null) return retry('Redis answered nothing');
      return verdictOf(answers.map(([error]) => error));
    });
  }

  protected override disconnect(): Promise<void> {
    return this.#client.drop();
  }
}

/** The errors in the answers to a pipeline; `null` is an id. */
function verdictOf(errors: readonly (Error | null)[]): SendResult {
  const [first] = errors;
  if (first && errors.every((error) => REFUSING.test(error?.message ?? '')))
    return { outcome: 'refused', reason: first.message };
  return errors.map((error): RecordVerdict => {
    if (error === null) return delivered;
    // An error that is not the server's is one of the connection.
    if (error.name !== 'ReplyError' || PASSING.test(error.message)) return retry(error.message);
    return REFUSING.test(error.message) ? retry(error.message, { isLimited: true }) : rejected(error.message);
  });
}

/** Connects once: see {@link Client} for why it does not reconnect by itself. */
async function connect(
  url: string,
  tls: ConnectionOptions | undefined,
  connectTimeout: number,
): Promise<RedisClient> {
  const Redis = await loadIoredis();
  const client = new Redis(url, {
    ...{ lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false },
    // A process that ends may have to wait `disconnectTimeout` for a connection that is dead, or was refused.
    ...{ connectTimeout, disconnectTimeout: 250, maxRetriesPerRequest: 0, retryStrategy: () => null },
    ...(tls === undefined ? {} : { tls }),
  });
  let reason: unknown;
  // It would be printed otherwise; and what `connect` rejects with says only that the connection is closed.
  client.on('error', (error) => {
    reason = error;
  });
  // ioredis bounds the connection alone, not the greeting after it.
  const late = () => {
    reason = new Error(`not ready within ${connectTimeout} ms`);
    client.disconnect();
  };
  const timer = setTimeout(late, connectTimeout).unref();
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw reason ?? error;
  } finally {
    clearTimeout(timer);
  }
  return client;
}

/** Loads ioredis. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
async function loadIoredis(): Promise<RedisClass> {
  const { Redis } = await loadOptionalPeer<{ Redis: RedisClass }>({
    name: 'ioredis',
    neededBy: 'RedisStreamHandler',
    load: async () => {
      try {
        return await import('ioredis');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['Redis'],
  });
  return Redis;
}
