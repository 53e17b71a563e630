import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import type { HttpAnswer } from '../../http/http-request.js';
import { LARGE_BATCHES } from '../destination.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { type BatchVerdict, delivered, type RecordVerdict, rejected, retry } from '../verdict.js';
import { type HttpShipment, HttpShippingHandler } from './http-shipping-handler.js';
import { fitsTls, httpAuth, httpShippingEntries, httpUrl, ONLY_HTTPS } from './http-shipping-options.js';
import { httpVerdict } from './http-verdict.js';

const name = (what: string) =>
  v.pipe(
    v.string(),
    v.regex(
      /^[^A-Z\\/*?"<>| ,#:]+$/,
      'expected a name without capitals, spaces and any of \\ / * ? " < > | , # :',
    ),
    v.description(what),
  );

/** The keys of an ElasticsearchHandler in a configuration. */
const elasticsearchHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: httpUrl('The address of Elasticsearch or OpenSearch; `/_bulk` is added.'),
      index: v.optional(name('The index that records go to.')),
      dataStream: v.optional(name('The data stream that records go to: `logs-shop-production`.')),
      service: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description('The name of the application.'))),
      auth: v.optional(httpAuth()),
      apiKey: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[!-~]+$/, 'expected a key without spaces'),
          v.description('An API key, as Elasticsearch encodes it.'),
        ),
      ),
      ...httpShippingEntries(),
    }),
    v.check(
      ({ index, dataStream }) => (index === undefined) !== (dataStream === undefined),
      'expected either index or dataStream',
    ),
    v.check(
      ({ auth, apiKey }) => auth === undefined || apiKey === undefined,
      'apiKey: give either auth or apiKey',
    ),
    v.check(({ url, tls }) => fitsTls(url, tls), ONLY_HTTPS),
  ),
);

/** Options of ElasticsearchHandler. */
export type ElasticsearchHandlerOptions = v.InferInput<ReturnType<typeof elasticsearchHandlerSchema>>;

/**
 * Sends records to Elasticsearch or OpenSearch by its bulk interface, in the names of the Elastic Common Schema, or as
 * JSON that the formatter makes of them.
 *
 * Each record is created under its id, so one that is sent again after a lost answer is stored once. With a `spool`
 * delivery is `at-least-once`, and effectively once in an index; a data stream that rolled over in between may have it
 * twice. The response judges each record separately: 409 is delivered, 429 and 5xx are sent again, all else (a field
 * whose type conflicts) is rejected, and its neighbours stay delivered. An index that does not exist, is closed, or
 * that we may not write to refuses everything until that is fixed.
 *
 * @example
 * new ElasticsearchHandler({ url: 'https://es:9200', dataStream: 'logs-shop-production', apiKey: process.env.ES_KEY })
 */
export class ElasticsearchHandler extends HttpShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof elasticsearchHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(ElasticsearchHandler, {
    name: 'ElasticsearchHandler',
    schema: elasticsearchHandlerSchema,
  });

  readonly #target: string;
  readonly #json: ShapedJson;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: ElasticsearchHandlerOptions) {
    const o = checkOptions(
      'ElasticsearchHandler',
      elasticsearchHandlerSchema(),
      options,
      new.target === ElasticsearchHandler,
    );
    super(o, {
      name: 'elasticsearch',
      server: o.url,
      defaults: LARGE_BATCHES,
      auth: o.auth,
      secrets: [o.apiKey],
      secretHeaders: o.apiKey === undefined ? {} : { Authorization: `ApiKey ${o.apiKey}` },
      maxAnswerBytes: 16 * 1024 * 1024,
    });
    this.#target = JSON.stringify(o.dataStream ?? o.index);
    this.#json = new ShapedJson(this, 'ecs', { service: o.service });
  }

  protected override encode(record: LogRecord): string {
    const json = this.#json.write(record);
    // A key without a name, which JSON has in no other place, would have the document refused. The shape has none.
    return this.formatter !== null && json.includes('"":') ? json.replaceAll('"":', '"_":') : json;
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    return {
      path: '/_bulk',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: () => this.#lines(batch),
    };
  }

  #lines(batch: readonly ShippingEntry[]): string {
    let lines = '';
    for (const { id, item } of batch)
      lines += `{"create":{"_index":${this.#target},"_id":"${id}"}}\n${item}\n`;
    return lines;
  }

  protected override verdict(
    answer: HttpAnswer,
    batch: readonly ShippingEntry[],
  ): BatchVerdict | readonly RecordVerdict[] {
    if (answer.status !== 200) return httpVerdict(answer, this.origin);
    if (saysNoErrors(answer.body)) return delivered;
    const { errors, items } = parsed(answer.body);
    if (errors === false) return delivered;
    if (items === undefined) return retry(`${this.origin} sent an invalid response to a bulk request`);
    const refusal = items.find(isRefusal);
    // If all were refused, the index is the cause, not the records.
    if (refusal !== undefined && items.every(isRefusal))
      return { outcome: 'refused', reason: this.#reasonOf(refusal) };
    return batch.map((_, index) => this.#verdictOf(items[index]));
  }

  #verdictOf(item: BulkItem | undefined): RecordVerdict {
    const { status = 0 } = item?.create ?? {};
    if ((status >= 200 && status < 300) || status === 409) return delivered;
    const reason = this.#reasonOf(item);
    if (isRefusal(item)) return retry(reason, { isLimited: true });
    if (status === 429 || status >= 500 || status === 0) return retry(reason, { isLimited: status === 500 });
    return rejected(reason);
  }

  #reasonOf(item: BulkItem | undefined): string {
    const { status = 0, error } = item?.create ?? {};
    const cause = error?.caused_by?.reason === undefined ? '' : `: ${error.caused_by.reason}`;
    return `${this.origin} answered ${status} for a record: ${error?.type}: ${error?.reason}${cause}`;
  }
}

/** What of an answer is of use. */
interface BulkAnswer {
  readonly errors?: boolean;
  readonly items?: readonly BulkItem[];
}

interface BulkItem {
  readonly create?: {
    readonly status?: number;
    readonly error?: {
      readonly type?: string;
      readonly reason?: string;
      readonly caused_by?: { readonly reason?: string };
    };
  };
}

/** Statuses, and a type of error, that no record can cause: we may not write to the index, or it does not exist. */
const REFUSING: ReadonlySet<unknown> = new Set([401, 403, 404, 'index_closed_exception']);

function isRefusal(item: BulkItem | undefined): boolean {
  const { status, error } = item?.create ?? {};
  return REFUSING.has(status) || REFUSING.has(error?.type);
}

/**
 * Whether an answer is complete and says at its beginning that nothing failed. Parsing the rest would make an object
 * for each of 5,000 records, only to find that each was accepted.
 */
function saysNoErrors(body: Buffer): boolean {
  return (
    NO_ERRORS.test(body.toString('latin1', 0, 256)) &&
    /\}\s*$/.test(body.toString('latin1', body.length - 16))
  );
}

const NO_ERRORS = /^\s*\{\s*(?:"\w+"\s*:\s*\d+\s*,\s*)*"errors"\s*:\s*false\s*[,}]/;

function parsed(body: Buffer): BulkAnswer {
  try {
    const answer = JSON.parse(body.toString()) as BulkAnswer | null;
    return {
      errors: answer?.errors,
      items: Array.isArray(answer?.items) ? answer.items : undefined,
    } as BulkAnswer;
  } catch {
    return {};
  }
}
