import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { hasError, tracebackText } from '../../../core/records/record-traceback.js';
import { recordFacts } from '../../../formatters/support/record-facts.js';
import { jsonString } from '../../../python/json/json-string.js';
import { cutText } from '../../../runtime/cut-text.js';
import { freeName } from '../../../runtime/define-field.js';
import { lazy } from '../../../runtime/lazy.js';
import type { HttpAnswer } from '../../http/http-request.js';
import { LARGE_BATCHES } from '../destination.js';
import { textField, textsJson, withoutHalfPairs } from '../field-values.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import type { BatchVerdict } from '../verdict.js';
import { type HttpShipment, HttpShippingHandler } from './http-shipping-handler.js';
import { fitsTls, httpAuth, httpShippingEntries, httpUrl, ONLY_HTTPS } from './http-shipping-options.js';
import { httpVerdict } from './http-verdict.js';

/** The keys of a LokiHandler in a configuration. */
const lokiHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: httpUrl('The address of Loki; `/loki/api/v1/push` is added.'),
      labels: v.optional(
        v.pipe(
          v.record(
            v.pipe(
              v.string(),
              v.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label: letters, digits and _'),
            ),
            v.string(),
          ),
          v.description(
            'Labels of every line, few and with few values: `{ service, environment }`; `level` is added.',
          ),
        ),
        {},
      ),
      structuredMetadata: v.optional(
        v.pipe(
          v.boolean(),
          v.description(
            'Whether fields are structured metadata. Where Loki takes none, false makes each line a JSON object with all fields.',
          ),
        ),
        true,
      ),
      tenant: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[!-~]+$/, 'expected a string of printable ASCII without spaces'),
          v.description('The tenant, sent as `X-Scope-OrgID`.'),
        ),
      ),
      auth: v.optional(httpAuth()),
      ...httpShippingEntries(),
    }),
    v.check(({ url, tls }) => fitsTls(url, tls), ONLY_HTTPS),
  ),
);

/** Options of LokiHandler. */
export type LokiHandlerOptions = v.InferInput<ReturnType<typeof lokiHandlerSchema>>;

/** What Loki takes of structured metadata with a line, unless it is configured otherwise: 128 entries, 64 KiB. */
const MAX_METADATA = 100;
const MAX_METADATA_BYTES = 48 * 1024;
/** What 64 bits hold of nanoseconds, in seconds. */
const MAX_SECONDS = 9.2e9;
/** Levels whose labels are remembered. */
const MAX_LEVELS = 50;
const NEWLINE = 10;
/** How Loki refuses structured metadata, whatever the records. */
const TAKES_NO_METADATA = /structured metadata.{0,80}(disallowed|not allowed)/i;

/**
 * Sends records to Grafana Loki, or to what takes its push requests (VictoriaLogs, Grafana Alloy).
 *
 * A line is the message and its traceback, or what the formatter makes of a record. Labels are few: those of the option
 * and `level`, since each combination is a stream of its own. Logger, request id, trace and all other fields are
 * structured metadata, as strings; what exceeds Loki's limits is appended to the line as JSON. Loki before 3.0 takes none
 * unless it is configured so: with `structuredMetadata: false` a line is a JSON object, or what the formatter makes.
 *
 * Records of one stream keep their order. Two of the same time differ by a nanosecond: Loki would take the same line at
 * the same time for a repeat.
 *
 * Delivery: `at-most-once`; with a `spool` `at-least-once`, and effectively once, since Loki drops a line that it has.
 * 204 is delivered; 429 and 5xx are tried again; a line that is refused (400: too old, too long) is found by halves and
 * set aside alone.
 *
 * @example
 * new LokiHandler({ url: 'http://loki:3100', labels: { service: 'shop', environment: 'production' } })
 */
export class LokiHandler extends HttpShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof lokiHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(LokiHandler, {
    name: 'LokiHandler',
    schema: lokiHandlerSchema,
  });

  readonly #labels: Readonly<Record<string, string>>;
  /** The labels of each level in JSON; there are few levels. */
  readonly #streams = new Map<string, string>();
  readonly #clock = new NanosecondClock();
  /** Makes the lines where fields are no structured metadata. */
  readonly #json: ShapedJson | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: LokiHandlerOptions) {
    const o = checkOptions('LokiHandler', lokiHandlerSchema(), options, new.target === LokiHandler);
    super(o, {
      name: 'loki',
      server: o.url,
      defaults: LARGE_BATCHES,
      auth: o.auth,
      fixedHeaders: o.tenant === undefined ? {} : { 'X-Scope-OrgID': o.tenant },
    });
    this.#labels = o.labels;
    this.#json = o.structuredMetadata ? undefined : new ShapedJson(this, undefined, {});
  }

  /** The stream, then the entry: each a text in JSON, on a line of its own. */
  protected override encode(record: LogRecord): string {
    const content =
      this.#json === undefined ? this.#lineAndMetadata(record) : jsonString(this.#json.line(record));
    const entry = withoutHalfPairs(`["${this.#clock.time(record.created)}",${content}]`);
    return `${this.#streamOf(record.levelname)}\n${entry}`;
  }

  #lineAndMetadata(record: LogRecord): string {
    const { metadata, rest } = metadataOf(record);
    const line = this.formatter === null ? lineOf(record) : this.format(record);
    return `${jsonString(rest === undefined ? line : `${line}\n${textsJson(rest)}`)},${metadata}`;
  }

  #streamOf(level: string): string {
    const known = this.#streams.get(level);
    if (known !== undefined) return known;
    const stream = withoutHalfPairs(textsJson({ ...this.#labels, level: level.toLowerCase() }));
    if (this.#streams.size >= MAX_LEVELS) this.#streams.clear();
    this.#streams.set(level, stream);
    return stream;
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    return {
      path: '/loki/api/v1/push',
      headers: { 'Content-Type': 'application/json' },
      body: () =>
        pushRequest(batch.map(({ item }) => (this.#json === undefined ? item : withoutMetadata(item)))),
    };
  }

  protected override verdict(answer: HttpAnswer): BatchVerdict {
    const verdict = httpVerdict(answer, this.origin);
    if (verdict.outcome !== 'split' || !TAKES_NO_METADATA.test(answer.body.toString())) return verdict;
    const remedy = 'allow structured metadata in Loki, or set structuredMetadata: false';
    return { outcome: 'refused', reason: `${verdict.reason}; ${remedy}` };
  }
}

/** What waited in a spool since fields were structured metadata has them behind its line. */
function withoutMetadata(item: string): string {
  if (!item.endsWith('}]')) return item;
  const end = item.indexOf('\n') + 1;
  const [time, line, metadata] = JSON.parse(item.slice(end)) as [string, string, Record<string, string>];
  const text = jsonString(`${line}\n${textsJson(metadata)}`);
  return `${item.slice(0, end)}["${time}",${withoutHalfPairs(text)}]`;
}

function pushRequest(items: readonly string[]): string {
  const parts = [...byStream(items)].map(([stream, entries]) => `{"stream":${stream},"values":[${entries}]}`);
  return `{"streams":[${parts.join(',')}]}`;
}

/** The entries of a batch by stream, in order. */
function byStream(items: readonly string[]): ReadonlyMap<string, string> {
  const streams = new Map<string, string>();
  let stream = '';
  let entries = '';
  for (const item of items) {
    // Records of one level often follow each other.
    if (stream === '' || item.charCodeAt(stream.length) !== NEWLINE || !item.startsWith(stream)) {
      if (stream !== '') streams.set(stream, entries);
      stream = item.slice(0, item.indexOf('\n'));
      entries = streams.get(stream) ?? '';
    }
    entries += `${entries === '' ? '' : ','}${item.slice(stream.length + 1)}`;
  }
  return streams.set(stream, entries);
}

function lineOf(record: LogRecord): string {
  const message = record.getMessage();
  const traceback = hasError(record) || record.excText ? tracebackText(record) : undefined;
  return traceback ? `${message}\n${traceback}` : message;
}

/** The fields of a record as texts in JSON, as many as Loki takes; the rest. */
function metadataOf(record: LogRecord): { metadata: string; rest: Record<string, string> | undefined } {
  const { traceId, spanId, error, fields } = recordFacts(record, KEPT);
  const own: Readonly<Record<string, unknown>> = {
    ...{ logger: true, trace_id: traceId, span_id: spanId, stack: record.stackInfo || undefined },
    ...{ exception_type: error, exception_message: error },
  };
  let metadata = `{"logger":${jsonString(record.name)}`;
  if (traceId !== undefined) metadata += `,"trace_id":"${traceId}"`;
  if (spanId !== undefined) metadata += `,"span_id":"${spanId}"`;
  if (error !== undefined) {
    metadata += `,"exception_type":${jsonString(error.type)}`;
    metadata += `,"exception_message":${jsonString(cutText(error.message, 1_024))}`;
  }
  if (record.stackInfo) metadata += `,"stack":${jsonString(cutText(record.stackInfo, 8_192))}`;
  let rest: Record<string, string> | undefined;
  let bytes = 0;
  let count = 0;
  for (const [key, value] of fields) {
    const text = textField(value);
    if (text === undefined) continue;
    const isOurs = key === '' || (Object.hasOwn(own, key) && own[key] !== undefined);
    const name = isOurs ? freeName(key, (other) => fields.has(other)) : key;
    const size = Buffer.byteLength(name) + Buffer.byteLength(text);
    if (count < MAX_METADATA && bytes + size <= MAX_METADATA_BYTES) {
      metadata += `,${jsonString(name)}:${jsonString(text)}`;
      bytes += size;
      count += 1;
    } else {
      rest ??= Object.create(null) as Record<string, string>;
      rest[name] = text;
    }
  }
  return { metadata: `${metadata}}`, rest };
}

/** The fields of a request stay as they are: nothing is looked for elsewhere. */
const KEPT: ReadonlySet<string> = new Set(['method']);

/** Times of records in nanoseconds since the epoch, as texts; those of records of one microsecond follow each other. */
class NanosecondClock {
  #last = 0;
  #within = 0;

  /** @param created Seconds since the epoch, as records have it. */
  time(created: number): string {
    const seconds = created > 0 && created < MAX_SECONDS ? created : Date.now() / 1_000;
    const microseconds = Math.round(seconds * 1e6);
    this.#within = microseconds === this.#last ? Math.min(999, this.#within + 1) : 0;
    this.#last = microseconds;
    return `${microseconds}${String(this.#within).padStart(3, '0')}`;
  }
}
