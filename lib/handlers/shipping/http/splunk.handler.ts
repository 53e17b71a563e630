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
import { type BatchVerdict, delivered, retry } from '../verdict.js';
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
 * Sends records to Splunk's HTTP Event Collector, as events in JSON, or as the formatter writes them.
 *
 * An answer of 200 comes before an event is indexed. With `ack`, for which the token has to be set up, the handler asks
 * until Splunk says that it is, and sends the batch again if it does not within `timeoutMs`: `at-least-once` for as long
 * as the process runs, and beyond with a `spool`.
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
  readonly #hasAck: boolean;
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
    });
    this.#json = new ShapedJson(this, undefined, {});
    this.#hasAck = o.ack;
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
    const answer = await this.exchange(this.request(batch), signal);
    const verdict = this.#verdictOf(answer);
    if (!this.#hasAck || verdict.outcome !== 'delivered') return verdict;
    const id = (parsed(answer.body) as { ackId?: unknown } | null)?.ackId;
    if (typeof id !== 'number') {
      return {
        outcome: 'refused',
        reason: `${this.origin} acknowledges nothing: the token has no ack, set that up`,
      };
    }
    return (await this.#isIndexed(id, signal))
      ? delivered
      : retry(
          `${this.origin} did not confirm within ${this.settings.timeoutMs} ms that the events are indexed`,
        );
  }

  /** A response has an error code; 8 means a problem of Splunk itself. */
  #verdictOf(answer: HttpAnswer): BatchVerdict {
    const { code } = (parsed(answer.body) ?? {}) as { code?: unknown };
    // A wrong index, or one that the token may not write to: it concerns all records.
    if (answer.status === 400 && (code === 7 || code === 10 || code === 11))
      return httpVerdict(answer, this.origin, { 400: 'refused' });
    return httpVerdict(answer, this.origin);
  }

  async #isIndexed(id: number, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + this.settings.timeoutMs;
    for (let waitMs = FIRST_ASKED_MS; performance.now() < deadline; waitMs = Math.min(ASKED_MS, waitMs * 2)) {
      await nodeModule('node:timers/promises').setTimeout(waitMs, undefined, { signal });
      const path = '/services/collector/ack';
      const body = JSON.stringify({ acks: [id] });
      const answer = await this.exchange({ path, headers: this.#headers, body }, signal);
      if (answer.status !== 200) continue;
      const { acks } = (parsed(answer.body) ?? {}) as { acks?: Readonly<Record<string, boolean>> };
      if (acks?.[String(id)] === true) return true;
    }
    return false;
  }

  get #headers(): Readonly<Record<string, string>> {
    return {
      'Content-Type': 'application/json',
      ...(this.#hasAck ? { 'X-Splunk-Request-Channel': this.#channel } : {}),
    };
  }

  /** Beside the request there are the questions whether it is indexed. */
  protected override get sendTimeoutMs(): number {
    return super.sendTimeoutMs + (this.#hasAck ? 3 * this.settings.timeoutMs : 0);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
