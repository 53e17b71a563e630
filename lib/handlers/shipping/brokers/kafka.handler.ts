import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { safeFields } from '../../../core/formatting/safe-fields.js';
import { LEAN } from '../../../core/lean.js';
import { loadOptionalPeer, notLoaded } from '../../../core/optional-peer.js';
import { checkOptions } from '../../../core/options.js';
import { CONTEXT, EXPOSED, EXTRA, type LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import type { SendResult } from '../destination.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import { shippingEntries } from '../shipping-options.js';
import { type BatchVerdict, retry } from '../verdict.js';
import { Client, clientTls, loadSoon } from './client.js';
import { clientEntry, givenClient, hasMethods } from './client-options.js';

/** A message as kafkajs and the KafkaJS interface of `@confluentinc/kafka-javascript` take it. */
export interface KafkaMessage {
  readonly key: string | null;
  readonly value: string;
  readonly headers?: Record<string, string>;
}

/** A producer of kafkajs, or of `@confluentinc/kafka-javascript` by its KafkaJS interface: the part that is used. */
export interface KafkaProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  send(record: {
    topic: string;
    messages: KafkaMessage[];
    acks?: number;
    timeout?: number;
  }): Promise<unknown>;
}

/** The keys of a KafkaHandler in a configuration. */
const kafkaHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      brokers: v.optional(
        v.pipe(
          v.array(v.pipe(v.string(), v.regex(/^.+:\d+$/, "expected 'host:port'"))),
          v.minLength(1, 'expected at least one broker'),
          v.description("Brokers to begin with: `['kafka:9092']`."),
        ),
      ),
      client: clientEntry<KafkaProducer>(
        'a producer of kafkajs or of @confluentinc/kafka-javascript',
        (value) => hasMethods(value, 'send', 'connect', 'disconnect'),
      ),
      topic: v.pipe(
        v.string(),
        v.regex(/^[\w.-]{1,249}$/, 'expected letters, digits, dots, _ and -'),
        v.description('The topic.'),
      ),
      clientId: v.optional(
        v.pipe(v.string(), v.nonEmpty(), v.description("Our name in the broker's logs and quotas.")),
        'nestjs-logging',
      ),
      keyField: v.optional(
        v.pipe(
          v.string(),
          v.nonEmpty(),
          v.description(
            'The field that is the key: records of one key keep their order. Default `request_id`.',
          ),
        ),
        'request_id',
      ),
      includeHeaders: v.optional(
        v.pipe(
          v.boolean(),
          v.description(
            'Whether messages have headers: `id`, `level`, `trace_id`, `span_id`. kafkajs takes some 4 µs for each.',
          ),
        ),
        true,
      ),
      sasl: v.optional(
        v.pipe(
          v.strictObject({
            mechanism: v.picklist(
              ['plain', 'scram-sha-256', 'scram-sha-512'],
              "expected 'plain', 'scram-sha-256' or 'scram-sha-512'",
            ),
            username: v.string(),
            password: v.string(),
          }),
          v.description('Who we are: `{ mechanism, username, password }`.'),
        ),
      ),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ brokers, client }) => (brokers === undefined) !== (client === undefined),
      'brokers: give either brokers or client',
    ),
    v.check(
      ({ client, sasl, tls }) => client === undefined || (sasl === undefined && tls === undefined),
      'client: has sasl and tls of its own',
    ),
  ),
);

/** Options of KafkaHandler. */
export type KafkaHandlerOptions = v.InferInput<ReturnType<typeof kafkaHandlerSchema>>;

interface KafkaPackage {
  readonly Kafka: new (options: object) => { producer(options: object): KafkaProducer };
  readonly logLevel: { readonly NOTHING: number };
}

/** A fast broker gets batches of this size. A slow one gets larger ones, so that nothing is lost. */
const ENOUGH_RECORDS = 500;

/** Errors of Kafka that are about the content of a batch: it is halved until the bad record is found. */
const SPLITTING: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);
/** Errors that mean that nothing of ours is accepted. */
const REFUSING: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
]);

/**
 * Sends records to a topic of Kafka, as JSON, or as the formatter writes them, by an idempotent producer that waits for
 * all replicas in sync.
 *
 * The key of a message is the field `keyField`, by default the request id: records of one key are in one partition, in
 * order. Headers, unless `includeHeaders` is false: `id`, which a record keeps however often it is sent, `level`, and
 * `trace_id` and `span_id` where the record has them.
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`. The broker drops what this producer itself repeats; a batch
 * that another process, or another connection, sends again may be there twice.
 *
 * Needs the package `kafkajs` unless `client` is given: a producer of kafkajs or of `@confluentinc/kafka-javascript` (by
 * its KafkaJS interface), which is connected if it is not yet, and stays so.
 *
 * @example
 * new KafkaHandler({ brokers: ['kafka:9092'], topic: 'logs', clientId: 'shop' })
 */
export class KafkaHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The options that may be injection tokens. */
  static readonly tokenOptions: readonly string[] = ['client'];
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof kafkaHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(KafkaHandler, {
    name: 'KafkaHandler',
    schema: kafkaHandlerSchema,
  });

  readonly #client: Client<KafkaProducer>;
  readonly #json: ShapedJson;
  readonly #topic: string;
  readonly #keyField: string;
  readonly #hasHeaders: boolean;
  /** Settings of our own producer; another has its own. */
  readonly #request: { readonly acks?: number; readonly timeout?: number };

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: KafkaHandlerOptions) {
    const o = checkOptions('KafkaHandler', kafkaHandlerSchema(), options, new.target === KafkaHandler);
    super(o, {
      name: 'kafka',
      receiver: o.brokers?.[0],
      secrets: [o.sasl?.password],
      // A broker takes 1 MiB of a batch with its frames, by default; ids and headers take some 60 bytes of each.
      defaults: { batchSize: 2_500, maxBatchBytes: 800_000 },
      // kafkajs copies the messages of a partition once for each of them.
      enoughRecords: ENOUGH_RECORDS,
    });
    this.#topic = o.topic;
    this.#keyField = o.keyField;
    this.#hasHeaders = o.includeHeaders;
    this.#json = new ShapedJson(this, undefined, {});
    const given = givenClient('KafkaHandler', o.client);
    this.#request = given === undefined ? { acks: -1, timeout: this.settings.timeoutMs } : {};
    if (given !== undefined) {
      this.#client = new Client({ open: () => connected(given), close: () => undefined });
      return;
    }
    const [host = ''] = o.brokers?.[0]?.split(/:\d+$/) ?? [];
    const ssl = clientTls('KafkaHandler', host, { tls: o.tls, hasSecret: o.sasl !== undefined });
    const { timeoutMs } = this.settings;
    this.#client = new Client<KafkaProducer>({
      open: async () => {
        const { Kafka, logLevel } = await loadKafkajs();
        // The client gives up before the handler does, which tries again from its bounded queue.
        const retries = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 };
        const kafka = new Kafka({
          ...{ brokers: o.brokers, clientId: o.clientId, logLevel: logLevel.NOTHING, retry: retries },
          ...{ connectionTimeout: Math.min(timeoutMs, 5_000), requestTimeout: timeoutMs },
          ...(ssl === undefined ? {} : { ssl }),
          ...(o.sasl === undefined ? {} : { sasl: o.sasl }),
        });
        const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: retries });
        try {
          await producer.connect();
        } catch (error) {
          await producer.disconnect().catch(() => undefined);
          throw error;
        }
        return producer;
      },
      close: (producer) => producer.disconnect(),
      keepsAlive: true,
    });
    loadSoon(this, loadKafkajs);
  }

  /** Key and headers, on a line of their own; then the record. */
  protected override encode(record: LogRecord): string {
    const key = fieldOf(record, this.#keyField);
    const hasKey = typeof key === 'string' || typeof key === 'number';
    const head = [
      hasKey ? String(key) : null,
      record.levelname,
      textIn(fieldOf(record, 'trace_id')),
      textIn(fieldOf(record, 'span_id')),
    ];
    return `${JSON.stringify(head)}\n${this.#json.line(record)}`;
  }

  protected override async send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    const messages = messagesOf(batch, this.#hasHeaders);
    return this.#client.use(signal, async (producer) => {
      try {
        await producer.send({ topic: this.#topic, messages, ...this.#request });
        return undefined;
      } catch (error) {
        // After a failure only a new producer has a known state.
        void this.#client.drop();
        return verdictOf(error);
      }
    });
  }

  protected override disconnect(): Promise<void> {
    return this.#client.drop();
  }

  /** Connecting, and asking again, take their time too. */
  protected override get sendTimeoutMs(): number {
    return 2 * this.settings.timeoutMs + 5_000;
  }
}

/** A field of context or call; undefined where it cannot be read. */
function fieldOf(record: LogRecord, name: string): unknown {
  try {
    // Filters of others may have changed it.
    if (record[EXPOSED]) return safeFields(record)[name];
    const { [EXTRA]: extra, [CONTEXT]: context } = record;
    if (extra !== undefined && Object.hasOwn(extra, name)) return extra[name];
    return context !== undefined && Object.hasOwn(context, name) ? context[name] : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

type Head = readonly [key: string | null, level: string, trace: string | null, span: string | null];

function messagesOf(batch: readonly ShippingEntry[], hasHeaders: boolean): KafkaMessage[] {
  let text = '';
  let head: Head = [null, '', null, null];
  return batch.map((entry) => {
    const { item } = entry;
    // Records of one level that have no key, or the same, often follow each other.
    if (text === '' || !item.startsWith(text)) {
      text = item.slice(0, item.indexOf('\n') + 1);
      head = JSON.parse(text) as Head;
    }
    const [key, level, trace, span] = head;
    if (!hasHeaders) return { key, value: item.slice(text.length) };
    const headers: Record<string, string> = { id: entry.id, level };
    if (trace) headers.trace_id = trace;
    if (span) headers.span_id = span;
    return { key, value: item.slice(text.length), headers };
  });
}

/** What an error of either client means; both have Kafka's name of it in `type`, or in the message. */
function verdictOf(error: unknown): BatchVerdict {
  const { type, message, cause } = error as { type?: unknown; message?: unknown; cause?: { type?: unknown } };
  const name = String(type ?? cause?.type ?? '')
    .replace(/^ERR_/, '')
    .replace('MSG_SIZE_TOO_LARGE', 'MESSAGE_TOO_LARGE');
  const reason = `Kafka: ${String(message ?? error)}`;
  if (SPLITTING.has(name)) return { outcome: 'split', reason, isTooLarge: name.endsWith('TOO_LARGE') };
  if (REFUSING.has(name)) return { outcome: 'refused', reason };
  return retry(reason);
}

/** A producer of the application's, connected. One that is already connected may throw an error. */
async function connected(producer: KafkaProducer): Promise<KafkaProducer> {
  await producer.connect().catch(() => undefined);
  return producer;
}

/** Loads kafkajs. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
function loadKafkajs(): Promise<KafkaPackage> {
  return loadOptionalPeer<KafkaPackage>({
    name: 'kafkajs',
    neededBy: 'KafkaHandler',
    load: async () => {
      try {
        return await import('kafkajs');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['Kafka'],
  });
}
