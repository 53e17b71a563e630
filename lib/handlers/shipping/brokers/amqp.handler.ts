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

/** A message that came back, since no queue takes it. */
export interface ReturnedMessage {
  readonly fields: { readonly replyText?: string };
  readonly properties: { readonly messageId?: unknown };
}

/** A confirm channel of amqplib: the part that is used. */
export interface ConfirmChannel {
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: object,
    confirmed: (error: unknown) => void,
  ): unknown;
  on(event: 'return', listener: (message: ReturnedMessage) => void): unknown;
  on(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
  off(event: 'return', listener: (message: ReturnedMessage) => void): unknown;
  off(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
  close(): Promise<unknown>;
}

/** A connection of amqplib: the part that is used. */
export interface AMQPConnection {
  createConfirmChannel(): Promise<ConfirmChannel>;
}

/** The keys of an AMQPHandler in a configuration. */
const amqpHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^amqps?:\/\//, 'expected an address that begins with amqp:// or amqps://'),
          v.description('The address of the broker: `amqp://user:password@rabbitmq:5672/vhost`.'),
        ),
      ),
      client: clientEntry<AMQPConnection | ConfirmChannel>(
        'a connection or a confirm channel of amqplib',
        (value) =>
          hasMethods(value, 'createConfirmChannel') || hasMethods(value, 'publish', 'waitForConfirms'),
      ),
      exchange: v.optional(
        v.pipe(v.string(), v.description('The exchange, which has to be there; default the one of queues.')),
        '',
      ),
      routingKey: v.optional(
        v.pipe(v.string(), v.description('The routing key; default the name of the queue.')),
      ),
      queue: v.optional(
        v.pipe(
          v.string(),
          v.nonEmpty('expected a name'),
          v.description(
            'A durable queue, made if it is not there, and bound to the exchange if there is one.',
          ),
        ),
      ),
      tls: tlsEntry('How TLS is spoken where the address begins with amqps: `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ url, client }) => (url === undefined) !== (client === undefined),
      'url: give either url or client',
    ),
    v.check(
      ({ exchange, routingKey, queue }) => exchange !== '' || routingKey !== undefined || queue !== undefined,
      'queue: give an exchange, a routingKey or a queue',
    ),
    v.check(
      ({ url, tls }) => !tls || url?.startsWith('amqps:') === true,
      'tls: makes sense only with amqps://',
    ),
  ),
);

/** Options of AMQPHandler. */
export type AMQPHandlerOptions = v.InferInput<ReturnType<typeof amqpHandlerSchema>>;

/** A connection that amqplib makes. */
interface OwnConnection extends AMQPConnection {
  createChannel(): Promise<{
    assertQueue(name: string, options: object): Promise<unknown>;
    bindQueue(queue: string, exchange: string, routingKey: string): Promise<unknown>;
    on(event: 'error', listener: () => void): unknown;
    close(): Promise<unknown>;
  }>;
  on(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
  close(): Promise<unknown>;
}

interface AmqplibPackage {
  connect(url: string, options: object): Promise<OwnConnection>;
}

/** A channel, and how to release it. */
interface Line {
  readonly channel: ConfirmChannel;
  /** What the broker closed it with. */
  failure: unknown;
  isOpen: boolean;
  close(): Promise<unknown> | undefined;
}

/** The broker's codes for errors that somebody has to fix: no permission, no such exchange, a different one. */
const REFUSING: ReadonlySet<unknown> = new Set([403, 404, 406]);

/**
 * Publishes records to RabbitMQ, or another broker of AMQP 0-9-1, as JSON, or as the formatter writes them.
 *
 * Messages are persistent and mandatory, and carry the id of their record in `messageId`, the level in `type`, and the
 * time.
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`. RabbitMQ drops no repeats: consumers that must not see one
 * recognise it by `messageId`. What the broker confirms is delivered. What it returns, since no queue takes it, is set
 * aside. What it does not confirm is tried again. An exchange that does not exist refuses everything until it is made.
 *
 * Needs the package `amqplib` unless `client` is given.
 *
 * @example
 * new AMQPHandler({ url: 'amqp://rabbitmq', queue: 'logs' })
 */
export class AMQPHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The options that may be injection tokens. */
  static readonly tokenOptions: readonly string[] = ['client'];
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof amqpHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(AMQPHandler, {
    name: 'AMQPHandler',
    schema: amqpHandlerSchema,
  });

  readonly #client: Client<Line>;
  readonly #json: ShapedJson;
  readonly #exchange: string;
  readonly #routingKey: string;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: AMQPHandlerOptions) {
    const o = checkOptions('AMQPHandler', amqpHandlerSchema(), options, new.target === AMQPHandler);
    const { receiver, host, secrets } = addressParts(o.url);
    super(o, { name: 'amqp', receiver, secrets });
    const { exchange, queue, routingKey = queue ?? '' } = o;
    this.#exchange = exchange;
    this.#routingKey = routingKey;
    this.#json = new ShapedJson(this, undefined, {});
    const given = givenClient('AMQPHandler', o.client);
    if (given !== undefined) {
      this.#client = new Client({
        open: () => lineOf(given, queue, exchange, routingKey),
        isOpen: ({ isOpen }) => isOpen,
        close: (line) => line.close(),
      });
      return;
    }
    const isSecure = o.url?.startsWith('amqps:') === true;
    const tls = clientTls('AMQPHandler', host, {
      tls: isSecure ? (o.tls ?? true) : false,
      hasSecret: secrets.length > 0,
    });
    const url = o.url as string;
    this.#client = new Client({
      open: () => openLine(url, tls, this.settings.timeoutMs, { queue, exchange, routingKey }),
      isOpen: ({ isOpen }) => isOpen,
      close: (line) => line.close(),
      keepsAlive: true,
    });
    loadSoon(this, loadAmqplib);
  }

  /** The level and the second, on a line of their own; then the record. */
  protected override encode(record: LogRecord): string {
    const seconds = Number.isFinite(record.created) ? Math.floor(record.created) : 0;
    return `${JSON.stringify([record.levelname, seconds])}\n${this.#json.line(record)}`;
  }

  protected override send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    return this.#client.use(signal, async (line) => {
      const returned = new Map<unknown, string>();
      const keep = ({ fields, properties }: ReturnedMessage) =>
        void returned.set(properties.messageId, fields.replyText ?? 'no queue takes it');
      line.channel.on('return', keep);
      try {
        const failures = await Promise.all(batch.map((entry) => this.#publish(line.channel, entry)));
        if (failures.every((failure) => failure !== undefined) && isRefusal(line.failure))
          return { outcome: 'refused', reason: textOf(line.failure) };
        // A message that comes back does so before it is confirmed.
        return batch.map(({ id }, index): RecordVerdict => {
          const failure = failures[index];
          if (failure !== undefined) return retry(textOf(line.failure ?? failure));
          const reason = returned.get(id);
          return reason === undefined ? delivered : rejected(`the broker returned it: ${reason}`);
        });
      } finally {
        line.channel.off('return', keep);
      }
    });
  }

  protected override disconnect(): Promise<void> {
    return this.#client.drop();
  }

  /** Resolves when the broker has it, or with what went wrong. */
  #publish(channel: ConfirmChannel, { item, id }: ShippingEntry): Promise<Error | undefined> {
    const at = item.indexOf('\n');
    const [type, timestamp] = JSON.parse(item.slice(0, at)) as [string, number];
    const properties = { persistent: true, mandatory: true, messageId: id, type, timestamp };
    const content = Buffer.from(item.slice(at + 1));
    return new Promise((resolve) => {
      const confirmed = (error: unknown) =>
        resolve(error ? new Error(`the broker did not confirm: ${textOf(error)}`) : undefined);
      try {
        channel.publish(
          this.#exchange,
          this.#routingKey,
          content,
          { ...properties, contentType: 'application/json', contentEncoding: 'utf-8' },
          confirmed,
        );
      } catch (error) {
        resolve(error as Error);
      }
    });
  }
}

function textOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message ?? error);
}

function isRefusal(error: unknown): boolean {
  return REFUSING.has((error as { code?: unknown } | null | undefined)?.code);
}

interface Route {
  readonly queue: string | undefined;
  readonly exchange: string;
  readonly routingKey: string;
}

async function openLine(
  url: string,
  tls: ConnectionOptions | undefined,
  timeout: number,
  { queue, exchange, routingKey }: Route,
): Promise<Line> {
  const { connect } = await loadAmqplib();
  const connection = await connect(url, { timeout, ...tls });
  // Its failure is that of what is under way.
  connection.on('error', () => undefined);
  try {
    const line = await lineOf(connection, queue, exchange, routingKey);
    connection.on('close', () => {
      line.isOpen = false;
    });
    line.close = () => connection.close();
    return line;
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw error;
  }
}

/** A confirm channel: the given one, or a new one of the given connection, on which the queue is made first. */
async function lineOf(
  given: AMQPConnection | ConfirmChannel,
  queue: string | undefined,
  exchange: string,
  routingKey: string,
): Promise<Line> {
  const isConnection = hasMethods(given, 'createConfirmChannel');
  if (isConnection && queue !== undefined)
    await makeQueue(given as OwnConnection, queue, exchange, routingKey);
  const channel = isConnection
    ? await (given as AMQPConnection).createConfirmChannel()
    : (given as ConfirmChannel);
  const failed = (error?: unknown) => {
    line.failure = error;
  };
  const closed = () => {
    line.isOpen = false;
  };
  const line: Line = {
    channel,
    failure: undefined,
    isOpen: true,
    close: () => {
      channel.off('close', closed);
      // One of ours may still fail while it is closed.
      if (isConnection) return channel.close();
      channel.off('error', failed);
      return undefined;
    },
  };
  channel.on('error', failed);
  channel.on('close', closed);
  return line;
}

/** Makes a queue unless it exists. One with other settings is accepted as it is. */
async function makeQueue(
  connection: OwnConnection,
  queue: string,
  exchange: string,
  routingKey: string,
): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  try {
    await channel.assertQueue(queue, { durable: true });
    if (exchange !== '') await channel.bindQueue(queue, exchange, routingKey);
    await channel.close();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 406) throw error;
  }
}

/** Loads amqplib. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
function loadAmqplib(): Promise<AmqplibPackage> {
  return loadOptionalPeer<AmqplibPackage>({
    name: 'amqplib',
    neededBy: 'AMQPHandler',
    load: async () => {
      try {
        return await import('amqplib');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['connect'],
  });
}
