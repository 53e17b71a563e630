import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { includeCallerEntry } from '../../handler-options.js';
import type { HttpAnswer } from '../../http/http-request.js';
import { LARGE_BATCHES } from '../destination.js';
import { type HttpShipment, HttpShippingHandler } from '../http/http-shipping-handler.js';
import {
  fitsTls,
  httpAuth,
  httpShippingEntries,
  httpUrl,
  ONLY_HTTPS,
} from '../http/http-shipping-options.js';
import { httpVerdict, type StatusVerdicts } from '../http/http-verdict.js';
import type { ShippingEntry } from '../shipping-entry.js';
import type { BatchVerdict } from '../verdict.js';
import type { OtlpCodec } from './otlp-codec.js';
import { OtlpJson } from './otlp-json.js';
import { OtlpProtobuf } from './otlp-protobuf.js';
import { otlpRecord } from './otlp-record.js';

const scalar = lazy(() => v.union([v.string(), v.number(), v.boolean()]));

/** The keys of an OTLPHandler in a configuration. */
const otlpHandlerSchema = lazy(() => {
  const { gzip: _, ...entries } = httpShippingEntries();
  return v.pipe(
    v.strictObject({
      endpoint: v.optional(
        httpUrl('The address of the collector; `/v1/logs` is added.'),
        'http://localhost:4318',
      ),
      protocol: v.optional(
        v.pipe(
          v.picklist(['http/protobuf', 'http/json'], "expected 'http/protobuf' or 'http/json'"),
          v.description('How requests are written.'),
        ),
        'http/protobuf',
      ),
      compression: v.optional(
        v.pipe(
          v.picklist(['gzip', 'none'], "expected 'gzip' or 'none'"),
          v.description('How bodies are compressed.'),
        ),
        'none',
      ),
      resource: v.optional(
        v.pipe(
          v.record(v.string(), scalar()),
          v.description(
            "What is true of all records: `{ 'service.name': 'shop' }`; the name is else that of `OTEL_SERVICE_NAME`.",
          ),
        ),
        {},
      ),
      includeCaller: includeCallerEntry('file, line and function of the call'),
      auth: v.optional(httpAuth()),
      ...entries,
    }),
    v.check(({ endpoint, tls }) => fitsTls(endpoint, tls), ONLY_HTTPS),
  );
});

/** Options of OTLPHandler. */
export type OTLPHandlerOptions = v.InferInput<ReturnType<typeof otlpHandlerSchema>>;

/** OTLP has answers of its own: but for these, no request is to be made again. */
const VERDICTS: StatusVerdicts = {
  ...{ 429: 'retry', 502: 'retry', 503: 'retry', 504: 'retry' },
  ...{ 408: 'rejected', 425: 'rejected', '5xx': 'rejected' },
};

/**
 * Sends records to an OpenTelemetry collector, or to what takes OTLP over HTTP.
 *
 * The body is the message, or what the formatter makes of the record; the logger is the scope, the level the severity.
 * Trace and span are those of the record, an error is `exception.type`, `.message` and `.stacktrace`, fields are
 * attributes of their own types.
 *
 * 429, 502, 503 and 504 are tried again, as `Retry-After` says, and nothing else: what a 200 says was rejected is counted
 * and never sent again, a request answered with 400 or 413 is halved, any other failure rejects.
 *
 * @example
 * new OTLPHandler({ endpoint: 'http://collector:4318', resource: { 'service.name': 'shop' } })
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class OTLPHandler extends HttpShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof otlpHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(OTLPHandler, {
    name: 'OTLPHandler',
    schema: otlpHandlerSchema,
  });

  readonly #codec: OtlpCodec;
  readonly #resource: Readonly<Record<string, string | number | boolean>>;
  readonly #hasCaller: boolean;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: OTLPHandlerOptions = {}) {
    const o = checkOptions('OTLPHandler', otlpHandlerSchema(), options, new.target === OTLPHandler);
    const isJson = o.protocol === 'http/json';
    super({ ...o, gzip: o.compression === 'gzip' } as typeof o, {
      name: isJson ? 'otlp.json' : 'otlp',
      entries: isJson ? 'text' : 'latin1',
      server: o.endpoint,
      defaults: LARGE_BATCHES,
      auth: o.auth,
      maxAnswerBytes: 65_536,
    });
    this.#codec = isJson ? new OtlpJson() : new OtlpProtobuf();
    const service = process.env.OTEL_SERVICE_NAME || 'unknown_service:node';
    this.#resource = { 'service.name': service, ...o.resource };
    this.#hasCaller = o.includeCaller;
  }

  protected override encode(record: LogRecord): string {
    const text = this.formatter === null ? undefined : this.format(record);
    return this.#codec.encode(otlpRecord(record, text, this.#hasCaller));
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    return {
      path: '/v1/logs',
      headers: { 'Content-Type': this.#codec.contentType },
      body: () =>
        this.#codec.request(
          batch.map(({ item }) => item),
          this.#resource,
        ),
    };
  }

  protected override verdict(answer: HttpAnswer): BatchVerdict {
    if (answer.status !== 200) return httpVerdict(shown(answer), this.origin, VERDICTS);
    const { count, message } = this.#codec.rejected(answer.body);
    const reason = message === '' ? `${this.origin} gave no reason` : message;
    return count > 0 ? { outcome: 'partly', rejected: count, reason } : { outcome: 'delivered' };
  }
}

/** An answer whose body is fit to be shown: that of a failure may be a message of Protocol Buffers. */
function shown(answer: HttpAnswer): HttpAnswer {
  const text = answer.body.toString('latin1').replace(/[^\x20-\x7e]+/g, ' ');
  return { ...answer, body: Buffer.from(text) };
}
