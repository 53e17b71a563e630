import type { Agent } from 'node:http';
import type * as v from 'valibot';
import { whenActive } from '../../core/activation.js';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { fieldsBy, textBy } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { tlsOptions, warnInsecure, warnPlainPassword } from '../network/tls-options.js';
import { type HttpShipment, HttpShippingHandler } from '../shipping/http/http-shipping-handler.js';
import { httpVerdict } from '../shipping/http/http-verdict.js';
import type { ShippingEntry } from '../shipping/shipping-entry.js';
import type { BatchVerdict } from '../shipping/verdict.js';
import { recordDict } from '../wire/record-dict.js';
import { dictJson, isJsonObject } from '../wire/record-json.js';
import { urlencode } from './form-encode.js';
import { type HTTPHandlerOptions, httpHandlerSchema, parseHost } from './http-options.js';
import type { HttpAnswer } from './http-request.js';

/**
 * Sends records to a web server: as Python does, one form a record, or in batches of JSON.
 *
 * A log call only encodes and queues; requests follow one another over a kept connection, are repeated with back-off
 * (0.5 to 30 s, `Retry-After` honoured) while the server is away or unwell, and a batch answered with 400, 413 or
 * 422 is halved until the bad record is found. `flush()` and `close()` resolve when all is sent, or after 4.5 s.
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
export class HTTPHandler extends HttpShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof httpHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(HTTPHandler, {
    name: 'HTTPHandler',
    pythonNames: ['logging.handlers.HTTPHandler'],
    schema: httpHandlerSchema,
  });

  /** The server, with its port if one was given. */
  readonly host: string;
  /** The path; may be changed at any time. */
  url: string;
  /** `'GET'` or `'POST'`; may be changed at any time. */
  method: 'GET' | 'POST';
  /** Whether the connection is encrypted. */
  readonly secure: boolean;

  readonly #options: v.InferOutput<ReturnType<typeof httpHandlerSchema>>;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `context` cannot be read. */
  constructor(options: HTTPHandlerOptions) {
    const o = checkOptions('HTTPHandler', httpHandlerSchema(), options, new.target === HTTPHandler);
    const { hostname, port = o.secure ? 443 : 80 } = parseHost(o.host) as NonNullable<
      ReturnType<typeof parseHost>
    >;
    const isForm = o.format === 'form';
    super(o, {
      name: isForm ? 'form' : 'json',
      server: { secure: o.secure, hostname, port },
      auth: o.credentials ?? undefined,
      // A file that cannot be read is to fail here, not at the first record.
      tlsOptions: o.secure ? tlsOptions(o.context ?? undefined, 'HTTPHandler.context', o.insecure) : {},
      maxAnswerBytes: 0,
      agentMethod: 'getConnection',
      gzipLevel: 6,
      // One form contains one record.
      limits: isForm ? { batchSize: 1, maxRecordBytes: Number.MAX_SAFE_INTEGER } : {},
      defaults: { batchSize: 100, maxRecordBytes: Number.MAX_SAFE_INTEGER },
    });
    this.#options = o;
    this.host = o.host;
    this.url = o.url;
    this.secure = o.secure;
    this.method = o.method ?? (isForm ? 'GET' : 'POST');
    whenActive({
      commit: () => {
        if (o.insecure) warnInsecure('HTTPHandler', o.host);
        if (o.credentials && !o.secure) warnPlainPassword('HTTPHandler', o.host, 'secure: true');
      },
    });
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
   * Makes the agent whose connections are used; called once. Override it, for example to go through a proxy.
   *
   * Differs from Python: an agent of `node:http` or `node:https` in place of a connection.
   */
  getConnection(_host: string, secure: boolean): Agent {
    return super.makeAgent(secure);
  }

  protected override encode(record: LogRecord): string {
    return this.#options.format === 'form' ? urlencode(this.#mapped(record)) : this.#json(record);
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    const { format, spool } = this.#options;
    const texts = batch.map(({ item }) => item);
    const headers: Record<string, string> = {};
    // So that a server can recognise what it already has.
    if (spool !== undefined) headers['Log-Record-Ids'] = recordIds(batch.map(({ id }) => id));
    if (this.method === 'GET' && format === 'form') {
      const separator = this.url.includes('?') ? '&' : '?';
      return { method: 'GET', path: this.url + separator + texts[0], headers };
    }
    if (format === 'form') {
      headers['Content-type'] = 'application/x-www-form-urlencoded';
      return { path: this.url, headers, body: texts.join('&') };
    }
    headers['Content-Type'] = format === 'json' ? 'application/json' : 'application/x-ndjson';
    const body = format === 'json' ? `[${texts.join(',')}]` : `${texts.join('\n')}\n`;
    return { path: this.url, headers, body };
  }

  protected override verdict(answer: HttpAnswer): BatchVerdict {
    const verdict = httpVerdict(answer, this.origin, this.#options.verdicts);
    return verdict.outcome === 'retry' ? { ...verdict, isLimited: true } : verdict;
  }

  protected override makeAgent(): Agent {
    return this.getConnection(this.host, this.secure);
  }

  #mapped(record: LogRecord): Record<string, unknown> {
    return fieldsBy(this.mapLogRecord(record), 'mapLogRecord', this, record);
  }

  #json(record: LogRecord): string {
    if (this.formatter === null) return dictJson({ ...this.#mapped(record), message: record.getMessage() });
    const text = textBy(this.format(record), this, record);
    return isJsonObject(text) ? text : JSON.stringify(text);
  }
}

/**
 * The ids of the records of a message, for the receiver, in order: `9f86d081884c-1:100,9f86d081884c-103`. Ranges
 * hold both ends. A record that is sent again has the id it had before.
 *
 * @param ids Each `identity-number`.
 */
function recordIds(ids: readonly string[]): string {
  const ranges: { identity: string; first: number; last: number }[] = [];
  for (const text of ids) {
    const at = text.lastIndexOf('-');
    const [identity, id] = [text.slice(0, at), Number(text.slice(at + 1))];
    const range = ranges.at(-1);
    if (range?.identity === identity && range.last + 1 === id) range.last = id;
    else ranges.push({ identity, first: id, last: id });
  }
  return ranges
    .map(({ identity, first, last }) => `${identity}-${first}${last > first ? `:${last}` : ''}`)
    .join(',');
}
