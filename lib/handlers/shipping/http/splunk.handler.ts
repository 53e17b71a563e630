import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { nodeModule } from '../../../runtime/node-module.js';
import type { HttpAnswer } from '../../http/http-request.js';
import type { SendResult } from '../destination.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { milliseconds } from '../shipping-options.js';
import { type BatchVerdict, delivered, type RetryVerdict, retry } from '../verdict.js';
import { type HttpShipment, HttpShippingHandler } from './http-shipping-handler.js';
import { fitsTls, httpShippingEntries, httpUrl, ONLY_HTTPS } from './http-shipping-options.js';
import { httpVerdict } from './http-verdict.js';

const text = (what: string) => v.optional(v.pipe(v.string(), v.nonEmpty(), v.description(what)));

/** The keys of a SplunkHandler in a configuration. */
const splunkHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: httpUrl('The address of the HTTP Event Collector; `/services/collector/event` is added.'),
      token: v.pipe(
        v.string(),
        v.regex(/^[!-~]+$/, 'expected a token without spaces'),
        v.description('The token of the collector.'),
      ),
      ack: v.optional(
        v.pipe(
          v.boolean(),
          v.description('Whether a record counts as delivered only when Splunk says that it is indexed.'),
        ),
        false,
      ),
      ackTimeoutMs: v.optional(
        milliseconds(
          'With `ack`: how long Splunk may take to index records, in milliseconds; then they are sent again.',
        ),
        300_000,
      ),
      index: text("The index; default the token's."),
      sourcetype: text("The type of the events; default `'_json'`."),
      source: text('Where the events come from; default the logger.'),
      host: text("The machine's name; default the system's."),
      ...httpShippingEntries(),
    }),
    v.check(({ url, tls }) => fitsTls(url, tls), ONLY_HTTPS),
  ),
);

/** Options of SplunkHandler. */
export type SplunkHandlerOptions = v.InferInput<ReturnType<typeof splunkHandlerSchema>>;

/** How often Splunk is asked whether a batch is indexed: after this long, then at most every second, in milliseconds. */
const FIRST_ASKED_MS = 100;
const ASKED_MS = 1_000;
/**
 * To index events takes Splunk seconds, sometimes minutes. So that few batches are waited for, one is large where `ack` is
 * on: up to ten requests, each of which is acknowledged by itself.
 */
const REQUEST_RECORDS = 1_000;
const REQUEST_BYTES = 1_048_576;
const REQUESTS = 10;
const ACKNOWLEDGED_BATCHES = {
  defaults: { batchSize: REQUESTS * REQUEST_RECORDS, maxBatchBytes: REQUESTS * REQUEST_BYTES },
  enoughRecords: REQUEST_RECORDS,
};

/** A request that Splunk has taken. */
interface Taken {
  readonly ackId: number;
  readonly records: number;
}

/**
 * Sends records to Splunk's HTTP Event Collector, as events in JSON, or as the formatter writes them.
 *
 * An answer of 200 comes before an event is indexed. With `ack`, for which the token has to be set up, the handler asks
 * until Splunk says that it is, and sends again what is not within `ackTimeoutMs`: `at-least-once` for as long as the
 * process runs, and beyond with a `spool`. What waits is sent meanwhile in batches of up to 10,000 records.
 *
 * 503 and other 5xx are tried again; 400 is halved until the bad event is found; 401 and 403, a wrong token, refuse.
 *
 * @example
 * new SplunkHandler({ url: 'https://splunk:8088', token: process.env.SPLUNK_TOKEN ?? '', ack: true })
 */
export class SplunkHandler extends HttpShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof splunkHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(SplunkHandler, {
    name: 'SplunkHandler',
    schema: splunkHandlerSchema,
  });

  readonly #json: ShapedJson;
  readonly #ackTimeoutMs: number | undefined;
  /** One for each process, as acknowledgements want it. */
  readonly #channel = nodeModule('node:crypto').randomUUID();
  /** The members of every event, and what may differ. */
  readonly #fixed: string;
  readonly #source: string | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: SplunkHandlerOptions) {
    const o = checkOptions('SplunkHandler', splunkHandlerSchema(), options, new.target === SplunkHandler);
    super(o, {
      name: 'splunk',
      server: o.url,
      secrets: [o.token],
      secretHeaders: { Authorization: `Splunk ${o.token}` },
      ...(o.ack ? ACKNOWLEDGED_BATCHES : {}),
    });
    this.#json = new ShapedJson(this, undefined, {});
    this.#ackTimeoutMs = o.ack ? o.ackTimeoutMs : undefined;
    this.#source = o.source;
    const host = o.host ?? nodeModule('node:os').hostname();
    this.#fixed = JSON.stringify({ host, sourcetype: o.sourcetype ?? '_json', index: o.index }).slice(1, -1);
  }

  protected override encode(record: LogRecord): string {
    const time = (Number.isFinite(record.created) ? record.created : Date.now() / 1_000).toFixed(6);
    const source = JSON.stringify(this.#source ?? record.name);
    return `{"time":${time},${this.#fixed},"source":${source},"event":${this.#json.write(record)}}`;
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    return {
      path: '/services/collector/event',
      headers: { ...this.#headers },
      body: () => batch.map(({ item }) => item).join('\n'),
    };
  }

  protected override async send(batch: readonly ShippingEntry[], signal: AbortSignal): Promise<SendResult> {
    if (this.#ackTimeoutMs === undefined)
      return this.#verdictOf(await this.exchange(this.request(batch), signal));
    const taken: Taken[] = [];
    let failure: BatchVerdict | undefined;
    for (const part of partsOf(batch)) {
      const answer = await this.#post(part, taken.length === 0, signal);
      if ('ackId' in answer) taken.push(answer);
      else failure = answer;
      if (failure !== undefined) break;
    }
    if (failure !== undefined && taken.length === 0) return failure;
    return this.#confirmed(taken, this.#ackTimeoutMs, signal).then(({ ids, why }) => {
      if (ids.size === 0 && why?.outcome === 'refused') return why;
      const late = again(why ?? retry(`${this.origin} did not confirm in time that the events are indexed`));
      const verdicts = taken.flatMap(({ ackId, records }) =>
        new Array<typeof delivered | RetryVerdict>(records).fill(ids.has(ackId) ? delivered : late),
      );
      const left = again(failure ?? late);
      return batch.map((_, index) => verdicts[index] ?? left);
    });
  }

  /** Makes one request. @returns That it was taken, or why it was not. */
  async #post(
    part: readonly ShippingEntry[],
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<Taken | BatchVerdict> {
    try {
      const answer = await this.exchange(this.request(part), signal);
      const verdict = this.#verdictOf(answer);
      if (verdict.outcome !== 'delivered') return verdict;
      const ackId = (parsed(answer.body) as { ackId?: unknown } | null)?.ackId;
      if (typeof ackId === 'number') return { ackId, records: part.length };
      return {
        outcome: 'refused',
        reason: `${this.origin} acknowledges nothing: the token has no ack, set that up`,
      };
    } catch (error) {
      if (isFirst || signal.aborted) throw error;
      return retry((error as Error).message);
    }
  }

  /** A response has an error code; 8 means a problem of Splunk itself. */
  #verdictOf(answer: HttpAnswer): BatchVerdict {
    const { code } = (parsed(answer.body) ?? {}) as { code?: unknown };
    // A wrong index, or one that the token may not write to: it concerns all records.
    if (answer.status === 400 && (code === 7 || code === 10 || code === 11))
      return httpVerdict(answer, this.origin, { 400: 'refused' });
    return httpVerdict(answer, this.origin);
  }

  /** Asks until all are indexed. @returns The ids of those that are, and why it asks no more if that is not all. */
  async #confirmed(
    taken: readonly Taken[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly ids: ReadonlySet<number>; readonly why?: BatchVerdict }> {
    const ids = new Set<number>();
    const begun = performance.now();
    for (let waitMs = FIRST_ASKED_MS; ids.size < taken.length; waitMs = Math.min(ASKED_MS, waitMs * 2)) {
      const waitedMs = performance.now() - begun;
      if (waitedMs >= timeoutMs) break;
      // A process that has nothing more to do does not wait for minutes.
      const ref = waitedMs < this.settings.timeoutMs;
      await nodeModule('node:timers/promises').setTimeout(waitMs, undefined, { signal, ref });
      const open = taken.map(({ ackId }) => ackId).filter((id) => !ids.has(id));
      const why = await this.#ask(open, ids, signal);
      if (why !== undefined) return { ids, why };
    }
    return { ids };
  }

  /** Asks once. @param ids Gets those that are indexed. @returns Why it is no use to ask again. */
  async #ask(
    open: readonly number[],
    ids: Set<number>,
    signal: AbortSignal,
  ): Promise<BatchVerdict | undefined> {
    try {
      const path = '/services/collector/ack';
      const body = JSON.stringify({ acks: open });
      const answer = await this.exchange({ path, headers: this.#headers, body }, signal);
      const { acks } = (parsed(answer.body) ?? {}) as { acks?: Readonly<Record<string, boolean>> };
      for (const id of open) if (answer.status === 200 && acks?.[String(id)] === true) ids.add(id);
      const verdict = httpVerdict(answer, this.origin, { 400: 'refused', 422: 'refused', 413: 'refused' });
      return verdict.outcome === 'refused' ? verdict : undefined;
    } catch (error) {
      // Splunk may have been started again, and then knows no more what it has taken.
      if (signal.aborted) throw error;
      return retry((error as Error).message);
    }
  }

  get #headers(): Readonly<Record<string, string>> {
    return {
      'Content-Type': 'application/json',
      ...(this.#ackTimeoutMs !== undefined ? { 'X-Splunk-Request-Channel': this.#channel } : {}),
    };
  }

  /** Beside the requests there are the questions whether they are indexed. */
  protected override get sendTimeoutMs(): number {
    const requests = this.#ackTimeoutMs === undefined ? 1 : REQUESTS + 2;
    return requests * super.sendTimeoutMs + (this.#ackTimeoutMs ?? 0);
  }
}

/** A batch as requests. */
function partsOf(batch: readonly ShippingEntry[]): ShippingEntry[][] {
  const parts: ShippingEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of batch) {
    bytes += entry.item.length;
    const last = parts.at(-1);
    if (last !== undefined && last.length < REQUEST_RECORDS && bytes <= REQUEST_BYTES) last.push(entry);
    else {
      parts.push([entry]);
      bytes = entry.item.length;
    }
  }
  return parts;
}

/** What is to be sent again, as the failure of others has it. */
function again(failure: BatchVerdict): RetryVerdict {
  if (failure.outcome === 'retry') return failure;
  return retry(failure.outcome === 'delivered' ? 'not sent yet' : failure.reason);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
