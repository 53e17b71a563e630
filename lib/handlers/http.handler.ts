import type { Agent } from 'node:http';
import { promisify } from 'node:util';
import type * as v from 'valibot';
import { whenStanding } from '../core/activation.js';
import { Handler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import { nodeModule } from '../internal/node-module.js';
import { Backoff } from './support/backoff.js';
import type { QueueEntry, QueueStats } from './support/bounded-queue.js';
import { DeliveryLoop, type Turn } from './support/delivery-loop.js';
import type { DeliveryQueue } from './support/delivery-queue.js';
import { isExporting } from './support/export-scope.js';
import { FaultReporter } from './support/fault-reporter.js';
import { urlencode } from './support/form-encode.js';
import { type HTTPHandlerOptions, httpHandlerSchema, parseHost } from './support/http-options.js';
import { type HttpMessage, type HttpTarget, sendHttp } from './support/http-request.js';
import { recordDict } from './support/record-dict.js';
import { dictJson, isJsonObject } from './support/record-json.js';
import { type DeliveryWord, makeQueue } from './support/spool/make-queue.js';
import { recordIds } from './support/spool/record-ids.js';
import type { SpoolStats } from './support/spool/spool-books.js';
import type { SpoolEntry } from './support/spool/spool-queue.js';
import { tlsOptions, warnInsecure, warnPlainPassword } from './support/tls-options.js';

/**
 * Sends records to a web server: as Python does, one form a record, or in batches of JSON.
 *
 * A log call only encodes and queues; requests follow one another over a kept connection, are repeated with back-off
 * (0.5 to 30 s, `Retry-After` honoured) while the server is away or unwell, and a batch answered with 400, 413 or
 * 422 is halved until the record at fault is found. `flush()` and `close()` resolve when all is sent, or after 4.5 s.
 *
 * Delivery: `at-most-once`. What waits is in memory and goes with the process; every loss is counted in `stats` and
 * reported. Where only the answer is lost, a batch is sent again and may arrive twice.
 *
 * With a `spool`: `at-least-once`. What waits is in files, and a process that starts sends what the one before it left.
 * Nothing is given up but records answered with 400, 413 or 422, which go to `dead-letters.jsonl` beside it. The header
 * `Log-Record-Ids` names the records of a request in order, `9f86d081884c-1:100`; a repeated record has the same name.
 *
 * With `format: 'json'` a record is {@link HTTPHandler.mapLogRecord} and its `message`, or, with a formatter, that
 * formatter's text: as it is if it is a JSON object, else as a JSON string.
 *
 * Differs from Python: the log call does not wait for the server; answers other than 2xx are failures.
 *
 * @example
 * new HTTPHandler({ host: 'logs.example.com', url: '/ingest', secure: true, format: 'json', gzip: true })
 * @see https://docs.python.org/3/library/logging.handlers.html#httphandler
 */
export class HTTPHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof httpHandlerSchema>;
  static {
    lazyProperty(HTTPHandler, 'optionsSchema', httpHandlerSchema);
  }

  /** What is promised of a record: with a spool it arrives at least once, else it is sent, or lost and counted. */
  readonly delivery: DeliveryWord;
  /** The server, with its port if one was given. */
  readonly host: string;
  /** The path. */
  readonly url: string;
  /** `'GET'` or `'POST'`. */
  readonly method: 'GET' | 'POST';
  /** Whether the connection is encrypted. */
  readonly secure: boolean;

  readonly #options: v.InferOutput<ReturnType<typeof httpHandlerSchema>>;
  readonly #queue: DeliveryQueue<string>;
  readonly #loop: DeliveryLoop<string>;
  readonly #batchSize: number;
  #target: HttpTarget | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `context` cannot be read. */
  constructor(options: HTTPHandlerOptions) {
    const o = checkOptions('HTTPHandler', httpHandlerSchema(), options, new.target === HTTPHandler);
    super(o);
    this.host = o.host;
    this.url = o.url;
    this.secure = o.secure;
    this.method = o.method ?? (o.format === 'form' ? 'GET' : 'POST');
    this.#options = o;
    this.#batchSize = o.format === 'form' ? 1 : (o.batchSize ?? 100);
    this.delivery = o.spool === undefined ? 'at-most-once' : 'at-least-once';
    const reporter = new FaultReporter(this);
    // Of its own, lest a server that is away hide that the disk is full.
    const spoolReporter = new FaultReporter(this);
    this.#queue = makeQueue(o, {
      kind: o.format === 'form' ? 'form' : 'json',
      encode: (text) => Buffer.from(text),
      decode: (payload) => payload.toString(),
      failed: (fault) => spoolReporter.report(fault),
    });
    this.#loop = new DeliveryLoop({
      queue: this.#queue,
      backoff: new Backoff(),
      maxRetries: o.maxRetries,
      maxBatchBytes: o.maxBatchBytes,
      turn: (waiting, waitedMs, isUrgent) => this.#turn(waiting, waitedMs, isUrgent),
      send: (entries, signal) => this.#send(entries, signal),
      failed: (fault) => reporter.report(fault),
    });
    // A file of `context` that cannot be read is to fail here, not at the first record.
    this.#agentOptions = o.secure
      ? tlsOptions(o.context ?? undefined, 'HTTPHandler.context', o.insecure)
      : {};
    whenStanding({ commit: () => warnOf(o) });
    this.#queue.open?.(() => this.#loop.wake());
  }

  readonly #agentOptions: object;

  /** What became of the records so far: `emitted` is the sum of `delivered`, `queued`, `spooled` and `dropped`. */
  get stats(): QueueStats & Partial<SpoolStats> {
    return this.#queue.stats;
  }

  /**
   * The fields of a record that are sent; override it to send others.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.HTTPHandler.mapLogRecord
   */
  mapLogRecord(record: LogRecord): Record<string, unknown> {
    return recordDict(record);
  }

  /**
   * Makes the agent whose connections are used; asked once. Override it, for example to go through a proxy.
   *
   * Differs from Python: an agent of `node:http` or `node:https` in place of a connection.
   */
  getConnection(_host: string, secure: boolean): Agent {
    const options = { keepAlive: true, maxSockets: 1, ...this.#agentOptions };
    const { Agent } = nodeModule(secure ? 'node:https' : 'node:http');
    return new Agent(options);
  }

  /** Encodes the record and queues it. */
  emit(record: LogRecord): void {
    if (isExporting()) return;
    const text = this.#options.format === 'form' ? urlencode(this.mapLogRecord(record)) : this.#json(record);
    this.#loop.push(text, record.levelno, Buffer.byteLength(text));
    if (this.#queue.length >= this.#batchSize) this.#loop.reconsider();
  }

  override flush(): void | Promise<void> {
    return this.#loop.flush();
  }

  override async close(): Promise<void> {
    super.close();
    await this.#loop.close();
    this.#target?.agent.destroy();
    this.#queue.close?.();
  }

  #json(record: LogRecord): string {
    if (this.formatter === null)
      return dictJson({ ...this.mapLogRecord(record), message: record.getMessage() });
    const text = this.format(record);
    return isJsonObject(text) ? text : JSON.stringify(text);
  }

  #turn(waiting: number, waitedMs: number, isUrgent: boolean): Turn {
    const isDue = isUrgent || waiting >= this.#batchSize || this.#options.format === 'form';
    return { waitMs: isDue ? 0 : this.#options.flushIntervalMs - waitedMs, records: this.#batchSize };
  }

  async #send(entries: readonly QueueEntry<string>[], signal: AbortSignal): Promise<void> {
    this.#target ??= this.#makeTarget();
    const message = await this.#message(entries.map(({ item }) => item));
    if (this.#options.spool !== undefined) message.headers['Log-Record-Ids'] = idsOf(entries);
    await sendHttp(this.#target, message, signal);
  }

  #makeTarget(): HttpTarget {
    const { host, secure, method } = this;
    const { hostname, port } = parseHost(host) ?? { hostname: host, port: undefined };
    const { connectTimeoutMs, timeoutMs } = this.#options;
    return {
      origin: `${secure ? 'https' : 'http'}://${host}`,
      ...{ secure, hostname, method, connectTimeoutMs, timeoutMs },
      port: port ?? (secure ? 443 : 80),
      agent: this.getConnection(host, secure),
    };
  }

  async #message(texts: readonly string[]): Promise<HttpMessage> {
    const headers: Record<string, string> = { ...this.#options.headers };
    const { credentials, format } = this.#options;
    if (credentials) headers.Authorization = `Basic ${Buffer.from(credentials.join(':')).toString('base64')}`;
    if (this.method === 'GET') {
      const separator = this.url.includes('?') ? '&' : '?';
      return { path: this.url + separator + texts[0], headers, body: undefined };
    }
    let body: string | Buffer = texts.join('&');
    if (format === 'form') {
      headers['Content-type'] = 'application/x-www-form-urlencoded';
    } else {
      headers['Content-Type'] ??= format === 'json' ? 'application/json' : 'application/x-ndjson';
      body = format === 'json' ? `[${texts.join(',')}]` : `${texts.join('\n')}\n`;
    }
    if (this.#options.gzip) {
      body = await promisify(nodeModule('node:zlib').gzip)(body);
      headers['Content-Encoding'] = 'gzip';
    }
    headers['Content-length'] = String(Buffer.byteLength(body));
    return { path: this.url, headers, body };
  }
}

/** So that a server can tell what it has already. */
function idsOf(entries: readonly QueueEntry<string>[]): string {
  return recordIds((entries as readonly SpoolEntry<string>[]).map(({ record }) => record));
}

function warnOf({
  host,
  secure,
  insecure,
  credentials,
}: v.InferOutput<ReturnType<typeof httpHandlerSchema>>): void {
  if (insecure) warnInsecure('HTTPHandler', host);
  if (credentials && !secure) warnPlainPassword('HTTPHandler', host, 'secure: true');
}
