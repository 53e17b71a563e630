import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { loadOptionalPeer, notLoaded } from '../../../core/optional-peer.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { addressParts } from '../brokers/address-parts.js';
import { Client, clientTls, loadSoon } from '../brokers/client.js';
import { clientEntry, givenClient, hasMethods } from '../brokers/client-options.js';
import type { SendResult } from '../destination.js';
import { fitsTls, httpUrl, ONLY_HTTPS, tlsEntry } from '../http/http-shipping-options.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import { shippingEntries } from '../shipping-options.js';
import { type BatchVerdict, type RecordVerdict, retry } from '../verdict.js';
import { answerVerdicts, errorName, errorVerdict, type PutLogEventsAnswer } from './cloudwatch-verdict.js';

/** A `CloudWatchLogsClient` of the AWS SDK: the part that is used. */
export interface CloudWatchClient {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

const text = () => v.pipe(v.string(), v.nonEmpty());

/** The keys of a CloudWatchHandler in a configuration. */
const cloudWatchHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      logGroup: v.pipe(
        v.string(),
        v.regex(/^[\w./#-]{1,512}$/, 'expected up to 512 letters, digits and any of . - _ / #'),
        v.description('The log group.'),
      ),
      logStream: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[^:*]{1,512}$/, 'expected up to 512 characters without : and *'),
          v.description('The log stream; default the name of the host. Several processes may write to one.'),
        ),
      ),
      createLogGroup: v.optional(
        v.pipe(
          v.boolean(),
          v.description('Whether the group is made if it is not there. The stream always is.'),
        ),
        true,
      ),
      region: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[a-z0-9-]+$/, "expected a region such as 'eu-central-1'"),
          v.description('The region: `eu-central-1`; default that of the environment.'),
        ),
      ),
      endpoint: v.optional(httpUrl('Another address of the service, for one within a private network.')),
      credentials: v.optional(
        v.pipe(
          // Credentials of the SDK have other keys too, and it adds one to those it was once given.
          v.object({
            accessKeyId: text(),
            secretAccessKey: text(),
            sessionToken: v.optional(text()),
          }),
          v.description(
            "Who we are: `{ accessKeyId, secretAccessKey }`; default what the environment, or the machine's role, says.",
          ),
        ),
      ),
      service: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description('The name of the application.'))),
      client: clientEntry<CloudWatchClient>('a CloudWatchLogsClient of the AWS SDK', (value) =>
        hasMethods(value, 'send'),
      ),
      tls: tlsEntry('How TLS is spoken: `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ client, region, endpoint, credentials, tls }) =>
        client === undefined || [region, endpoint, credentials, tls].every((option) => option === undefined),
      'client: has region, endpoint, credentials and tls of its own',
    ),
    v.check(({ endpoint, tls }) => fitsTls(endpoint, tls), ONLY_HTTPS),
  ),
);

/** Options of CloudWatchHandler. */
export type CloudWatchHandlerOptions = v.InferInput<ReturnType<typeof cloudWatchHandlerSchema>>;

type Command = new (input: object) => never;

/** The part of the AWS SDK that is used. */
interface CloudWatchPackage {
  readonly CloudWatchLogsClient: new (settings: object) => CloudWatchClient & { destroy(): void };
  readonly PutLogEventsCommand: Command;
  readonly CreateLogGroupCommand: Command;
  readonly CreateLogStreamCommand: Command;
}

/** A client, and what it is sent. */
interface Service {
  readonly client: CloudWatchClient;
  readonly commands: CloudWatchPackage;
}

/** Limits of `PutLogEvents`: bytes of a batch, of an event, its events, and the bytes that each event counts for more. */
const MAX_BATCH_BYTES = 1_048_576;
const MAX_EVENT_BYTES = 1_048_576;
const MAX_EVENTS = 10_000;
const EVENT_OVERHEAD = 26;
/** The most time between the first and the last event of a batch, in milliseconds. */
const MAX_SPAN_MS = 24 * 3_600_000;

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  /** Which entry of the batch it is. */
  readonly index: number;
}

/**
 * Sends records to CloudWatch Logs by `PutLogEvents`, as JSON in the shape `cloudwatch`, or as the formatter writes them.
 *
 * The stream is made when it is first missed, and so is the group, unless `createLogGroup` is false. A request holds at most
 * 10,000 events, 1 MiB and 24 hours, in order of time; records that are further apart go in several.
 *
 * What CloudWatch rejects (older than 14 days or than the group retains, more than 2 hours ahead) is set aside alone.
 * Throttling and expired credentials are tried again. Missing permissions refuse everything until that is fixed.
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`. CloudWatch drops no repeats.
 *
 * Needs the package `@aws-sdk/client-cloudwatch-logs`, with `client` too. Region and credentials are those of the
 * environment unless they are given. A `client` of the application's stays open.
 *
 * @example
 * new CloudWatchHandler({ logGroup: '/shop/api', region: 'eu-central-1', service: 'shop' })
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
export class CloudWatchHandler extends ShippingHandler {
  static override readonly [LEAN] = true;
  /** The options that an injection token may stand for. */
  static readonly tokenOptions: readonly string[] = ['client'];
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof cloudWatchHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(CloudWatchHandler, {
    name: 'CloudWatchHandler',
    schema: cloudWatchHandlerSchema,
  });

  readonly #client: Client<Service>;
  readonly #json: ShapedJson;
  readonly #logGroupName: string;
  readonly #logStreamName: string;
  readonly #createsGroup: boolean;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: CloudWatchHandlerOptions) {
    const isOwn = new.target === CloudWatchHandler;
    const o = checkOptions('CloudWatchHandler', cloudWatchHandlerSchema(), options, isOwn);
    const { host, receiver } = addressParts(o.endpoint);
    const { AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    super(o, {
      name: 'cloudwatch',
      receiver,
      secrets: [
        ...[o.credentials?.secretAccessKey, o.credentials?.sessionToken],
        ...[AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN],
      ],
      defaults: { batchSize: MAX_EVENTS },
      limits: { batchSize: MAX_EVENTS, maxBatchBytes: MAX_BATCH_BYTES, maxRecordBytes: MAX_EVENT_BYTES },
    });
    this.#logGroupName = o.logGroup;
    this.#logStreamName =
      o.logStream ?? (nodeModule('node:os').hostname().replaceAll(/[:*]/g, '-') || 'unknown');
    this.#createsGroup = o.createLogGroup;
    this.#json = new ShapedJson(this, 'cloudwatch', { service: o.service });
    loadSoon(this, loadCloudWatch);
    const given = givenClient('CloudWatchHandler', o.client);
    if (given !== undefined) {
      const open = async () => ({ client: given, commands: await loadCloudWatch() });
      this.#client = new Client({ open, close: () => undefined });
      return;
    }
    const tls = clientTls('CloudWatchHandler', host, { tls: o.tls });
    const settings = {
      // The handler tries again, with what waits in its bounded queue.
      maxAttempts: 1,
      ...(o.region === undefined ? {} : { region: o.region }),
      ...(o.endpoint === undefined ? {} : { endpoint: o.endpoint }),
      ...(o.credentials === undefined ? {} : { credentials: o.credentials }),
      requestHandler: {
        connectionTimeout: Math.min(this.settings.timeoutMs, 5_000),
        ...(tls === undefined ? {} : { httpsAgent: { keepAlive: true, ...tls } }),
      },
    };
    this.#client = new Client<Service>({
      open: async () => {
        const commands = await loadCloudWatch();
        return { client: new commands.CloudWatchLogsClient(settings), commands };
      },
      close: ({ client }) => (client as { destroy?(): void }).destroy?.(),
    });
  }

  /** The time in milliseconds, in as many characters as CloudWatch counts for an event beside its message; then that. */
  protected override encode(record: LogRecord): string {
    const time = Math.round(record.created * 1_000);
    const timestamp = Number.isSafeInteger(time) && time >= 0 ? time : Date.now();
    // Halves of surrogate pairs are no UTF-8, and an event without a message is not taken.
    const message = this.#json.line(record).replaceAll(/[\ud800-\udfff]/gu, '\ufffd') || '(empty)';
    return `${String(timestamp).padStart(EVENT_OVERHEAD)}${message}`;
  }

  protected override send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    return this.#client.use(signal, async (service) => {
      const verdicts: RecordVerdict[] = [];
      let isFirst = true;
      for (const events of withinADay(batch)) {
        const result = await this.#put(service, events, signal);
        if (isList(result)) {
          for (const [at, { index }] of events.entries()) verdicts[index] = result[at] as RecordVerdict;
        } else if (isFirst) {
          // What is said of these will be said of the others, or else they go when these are settled.
          return result;
        } else {
          const { reason = '' } = result as { readonly reason?: string };
          return batch.map((_, index) => verdicts[index] ?? retry(reason));
        }
        isFirst = false;
      }
      return verdicts;
    });
  }

  protected override disconnect(): Promise<void> {
    return this.#client.drop();
  }

  /** Sends one request; makes the stream first where it is missed. */
  async #put(
    service: Service,
    events: readonly LogEvent[],
    signal: AbortSignal,
  ): Promise<BatchVerdict | readonly RecordVerdict[]> {
    const { client, commands } = service;
    const input = {
      ...{ logGroupName: this.#logGroupName, logStreamName: this.#logStreamName },
      logEvents: events.map(({ timestamp, message }) => ({ timestamp, message })),
    };
    const put = async () => {
      const command = new commands.PutLogEventsCommand(input);
      const answer = await client.send(command, { abortSignal: signal });
      return answerVerdicts(answer as PutLogEventsAnswer, events.length);
    };
    try {
      return await put().catch(async (error: unknown) => {
        if (!isMissing(error)) throw error;
        await this.#createStream(service, signal);
        return put().catch(notYetKnown);
      });
    } catch (error) {
      return errorVerdict(error);
    }
  }

  async #createStream({ client, commands }: Service, abortSignal: AbortSignal): Promise<void> {
    const { CreateLogGroupCommand, CreateLogStreamCommand } = commands;
    const group = { logGroupName: this.#logGroupName };
    const create = async (Command: Command, input: object) => {
      try {
        await client.send(new Command(input), { abortSignal });
      } catch (error) {
        // Another process was faster.
        if (errorName(error) !== 'ResourceAlreadyExistsException') throw error;
      }
    };
    const stream = { ...group, logStreamName: this.#logStreamName };
    try {
      await create(CreateLogStreamCommand, stream);
    } catch (error) {
      if (!isMissing(error) || !this.#createsGroup) throw error;
      await create(CreateLogGroupCommand, group);
      await create(CreateLogStreamCommand, stream).catch(notYetKnown);
    }
  }
}

/** Not all of the service knows at once what was made a moment ago: then the batch is sent again. */
function notYetKnown(error: unknown): never {
  throw isMissing(error) ? new Error('the log stream was made, and is not known everywhere yet') : error;
}

function isMissing(error: unknown): boolean {
  return errorName(error) === 'ResourceNotFoundException';
}

function isList(result: BatchVerdict | readonly RecordVerdict[]): result is readonly RecordVerdict[] {
  return Array.isArray(result);
}

/** The events of a batch by time, those of one time in their order, in parts that are no longer than a request may be. */
function withinADay(batch: readonly ShippingEntry[]): LogEvent[][] {
  const events = batch.map(({ item }, index) => ({
    timestamp: Number(item.slice(0, EVENT_OVERHEAD)),
    message: item.slice(EVENT_OVERHEAD),
    index,
  }));
  events.sort((a, b) => a.timestamp - b.timestamp);
  const parts: LogEvent[][] = [];
  for (const event of events) {
    const part = parts.at(-1);
    const first = part?.[0];
    if (first !== undefined && event.timestamp - first.timestamp < MAX_SPAN_MS) part?.push(event);
    else parts.push([event]);
  }
  return parts;
}

/** Loads the AWS SDK. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
function loadCloudWatch(): Promise<CloudWatchPackage> {
  return loadOptionalPeer<CloudWatchPackage>({
    name: '@aws-sdk/client-cloudwatch-logs',
    neededBy: 'CloudWatchHandler',
    load: async () => {
      try {
        return await import('@aws-sdk/client-cloudwatch-logs');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['PutLogEventsCommand'],
  });
}
