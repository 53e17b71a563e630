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
import { addressParts, decoded } from './address-parts.js';
import { Client, clientTls, loadSoon } from './client.js';
import { clientEntry, givenClient, hasMethods } from './client-options.js';

/** What publishes to JetStream: a JetStream client of `@nats-io/jetstream`. */
export interface JetStreamLike {
  publish(
    subject: string,
    payload: string,
    options: { readonly msgID: string; readonly timeout: number; readonly retries: number },
  ): Promise<unknown>;
}

const text = (what: string) => v.optional(v.pipe(v.string(), v.nonEmpty(), v.description(what)));

/** The keys of a NATSHandler in a configuration. */
const natsHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      servers: v.optional(
        v.pipe(
          v.union(
            [v.pipe(v.string(), v.nonEmpty()), v.pipe(v.array(v.string()), v.minLength(1))],
            "expected an address or a list of them: 'nats://nats:4222'",
          ),
          v.description(
            'The addresses of the servers of one cluster: `nats://user:password@nats:4222`, `tls://` for TLS.',
          ),
        ),
      ),
      client: clientEntry<object>('a connection or a JetStream client of nats.js', (value) =>
        hasMethods(value, 'publish'),
      ),
      subject: v.pipe(
        v.string(),
        v.regex(/^[^\s*>]+$/, 'expected a subject without spaces, * and >'),
        v.description('The subject, which a stream of JetStream has to take.'),
      ),
      user: text('The user, where the server requires one.'),
      pass: text('The password of `user`.'),
      token: text('A token in place of user and password.'),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ servers, client }) => (servers === undefined) !== (client === undefined),
      'servers: give either servers or client',
    ),
    v.check(
      ({ client, user, pass, token, tls }) =>
        client === undefined || [user, pass, token, tls].every((option) => option === undefined),
      'client: has user, pass, token and tls of its own',
    ),
  ),
);

/** Options of NATSHandler. */
export type NATSHandlerOptions = v.InferInput<ReturnType<typeof natsHandlerSchema>>;

/** A connection of nats.js. */
interface NATSConnection {
  close(): Promise<void>;
  isClosed(): boolean;
}

/** The JetStream client that is used, and the connection, if it is ours. */
interface Publisher {
  readonly stream: JetStreamLike;
  readonly connection: NATSConnection | undefined;
}

interface TransportPackage {
  connect(options: object): Promise<NATSConnection>;
}

interface JetStreamPackage {
  jetstream(connection: object): JetStreamLike;
}

/** JetStream's code for a message that is longer than its stream takes. */
const TOO_LONG = 10_054;

/**
 * Publishes records to a subject that a stream of NATS JetStream takes, as JSON, or as the formatter writes them.
 *
 * A message carries the id of its record in the header `Nats-Msg-Id`, and JetStream drops what it has already, within
 * the `duplicate_window` of the stream (two minutes by default).
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`, and within that window effectively once. An acknowledgement is
 * delivered, that of a repeat too; a message that the stream finds too long is set aside alone; all else is tried again,
 * also where no stream takes the subject yet.
 *
 * Needs the packages `@nats-io/transport-node` and `@nats-io/jetstream`; a JetStream client given as `client`
 * needs neither.
 *
 * @example
 * new NATSHandler({ servers: 'nats://nats:4222', subject: 'logs.shop' })
 */
export class NATSHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The options that may be injection tokens. */
  static readonly tokenOptions: readonly string[] = ['client'];
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof natsHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(NATSHandler, {
    name: 'NATSHandler',
    schema: natsHandlerSchema,
  });

  readonly #client: Client<Publisher>;
  readonly #json: ShapedJson;
  readonly #subject: string;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: NATSHandlerOptions) {
    const o = checkOptions('NATSHandler', natsHandlerSchema(), options, new.target === NATSHandler);
    const servers = typeof o.servers === 'string' ? [o.servers] : (o.servers ?? []);
    const addresses = servers.map((server) => (server.includes('://') ? server : `nats://${server}`));
    const parts = addresses.map(addressParts);
    const { user, pass, token, isSecure } = meantBy(addresses, o);
    super(o, {
      name: 'nats',
      receiver: parts[0]?.receiver,
      secrets: [pass, token, ...parts.flatMap(({ secrets }) => secrets)],
      // Each record is published on its own, and all acknowledgements are awaited together.
      defaults: { batchSize: 500 },
    });
    this.#subject = o.subject;
    this.#json = new ShapedJson(this, undefined, {});
    const given = givenClient('NATSHandler', o.client);
    if (given !== undefined) {
      this.#client = new Client({ open: () => publisherOf(given), close: () => undefined });
      return;
    }
    const hasSecret = pass !== undefined || token !== undefined;
    const tls = clientTls('NATSHandler', parts[0]?.host ?? '', {
      tls: isSecure ? o.tls || true : o.tls,
      hasSecret,
    });
    const settings = {
      servers,
      ...(user === undefined ? {} : { user }),
      ...(pass === undefined ? {} : { pass }),
      ...(token === undefined ? {} : { token }),
      ...(tls === undefined ? {} : { tls }),
      ...{ name: 'nestjs-logging', reconnect: false, timeout: this.settings.timeoutMs },
    };
    this.#client = new Client<Publisher>({
      open: async () => {
        const [{ connect }, { jetstream }] = await Promise.all([loadTransport(), loadJetStream()]);
        const connection = await connect(settings);
        return { stream: jetstream(connection), connection };
      },
      isOpen: ({ connection }) => connection?.isClosed() !== true,
      close: ({ connection }) => connection?.close(),
      keepsAlive: true,
    });
    loadSoon(this, () => Promise.all([loadTransport(), loadJetStream()]));
  }

  protected override encode(record: LogRecord): string {
    return this.#json.line(record);
  }

  protected override send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    return this.#client.use(signal, async ({ stream }) => {
      const options = { timeout: this.settings.timeoutMs, retries: 0 };
      const answers = batch.map(({ id, item }) => {
        // What is too long for the server is thrown at once.
        return (async () => stream.publish(this.#subject, item, { ...options, msgID: id }))();
      });
      const results = await Promise.allSettled(answers);
      return results.map((result) =>
        result.status === 'fulfilled' ? delivered : verdictOf(result.reason, this.#subject),
      );
    });
  }

  protected override disconnect(): Promise<void> {
    return this.#client.drop();
  }
}

/**
 * Credentials, and whether TLS is required: from the options, else from the addresses. nats.js itself reads only host
 * and port of these.
 */
function meantBy(
  addresses: readonly string[],
  { user, pass, token }: Pick<NATSHandlerOptions, 'user' | 'pass' | 'token'>,
) {
  const urls = addresses.filter((address) => URL.canParse(address)).map((address) => new URL(address));
  const isSecure = urls.some(({ protocol }) => protocol === 'tls:');
  const named = urls.find(({ username }) => username !== '');
  if (named === undefined || [user, pass, token].some((option) => option !== undefined))
    return { user, pass, token, isSecure };
  const [name, password] = [decoded(named.username), decoded(named.password)];
  // A name without a password is a token, as for NATS's own tools.
  return password === '' ? { token: name, isSecure } : { user: name, pass: password, isSecure };
}

function verdictOf(error: unknown, subject: string): RecordVerdict {
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown };
  const text = `${message ?? name ?? String(error)}`;
  if (code === TOO_LONG || /max[_ ]payload/i.test(text)) return rejected(text);
  // Nobody answers on the subject: the client takes that for a server without JetStream.
  if (/no responders|not enabled/i.test(text))
    return retry(`no stream of JetStream takes ${subject} (${text})`);
  return retry(text);
}

/** The publisher for what the application gave: a JetStream client, or a connection. */
async function publisherOf(given: object): Promise<Publisher> {
  // A connection has subscriptions, a client of JetStream has none.
  if (!hasMethods(given, 'subscribe')) return { stream: given as JetStreamLike, connection: undefined };
  const { jetstream } = await loadJetStream();
  return { stream: jetstream(given), connection: undefined };
}

function loadTransport(): Promise<TransportPackage> {
  return loadOptionalPeer<TransportPackage>({
    name: '@nats-io/transport-node',
    neededBy: 'NATSHandler',
    load: async () => {
      try {
        return await import('@nats-io/transport-node');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['connect'],
  });
}

function loadJetStream(): Promise<JetStreamPackage> {
  return loadOptionalPeer<JetStreamPackage>({
    name: '@nats-io/jetstream',
    neededBy: 'NATSHandler',
    load: async () => {
      try {
        return await import('@nats-io/jetstream');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['jetstream'],
  });
}
