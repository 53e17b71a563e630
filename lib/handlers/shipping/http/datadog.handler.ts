import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { JsonFormatter } from '../../../formatters/json.formatter.js';
import { lazy } from '../../../runtime/lazy.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { textField } from '../field-values.js';
import { ShapedJson } from '../shaped-json.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { type HttpShipment, HttpShippingHandler } from './http-shipping-handler.js';
import { fitsTls, httpShippingEntries, httpUrl, ONLY_HTTPS } from './http-shipping-options.js';

/** The keys of a DatadogHandler in a configuration. */
const datadogHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      apiKey: v.pipe(
        v.string(),
        v.regex(/^[!-~]+$/, 'expected a key without spaces'),
        v.description('The API key.'),
      ),
      site: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[a-z0-9.-]+$/i, "expected a site such as 'datadoghq.eu'"),
          v.description("The site of the account; default `'datadoghq.com'`."),
        ),
      ),
      url: v.optional(httpUrl('An address in place of the site; `/api/v2/logs` is added.')),
      service: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description('The name of the application.'))),
      tags: v.optional(
        v.pipe(
          v.union(
            [v.array(v.string()), v.record(v.string(), v.string())],
            'expected strings in a list, or by name',
          ),
          v.description("Tags of every record: `['env:production']` or `{ env: 'production' }`."),
        ),
        [],
      ),
      hostname: v.optional(v.pipe(v.string(), v.description("The machine's name; default the system's."))),
      ...httpShippingEntries(),
      gzip: v.optional(v.pipe(v.boolean(), v.description('Whether bodies are compressed.')), true),
    }),
    v.check(({ site, url }) => site === undefined || url === undefined, 'site: give either site or url'),
    v.check(({ url, tls }) => fitsTls(url, tls), ONLY_HTTPS),
  ),
);

/** Options of DatadogHandler. */
export type DatadogHandlerOptions = v.InferInput<ReturnType<typeof datadogHandlerSchema>>;

/**
 * Sends records to Datadog's intake of logs, in the names that it looks for (`dd.trace_id`, `status`, `http.*`,
 * `error.*`), or as JSON that the formatter makes of them. Attributes are texts, as the interface has them; objects among
 * them are JSON.
 *
 * A request holds at most 1,000 records and 5 MB, a record 1 MB. 202 is delivered; 408, 429 and 5xx are tried again;
 * 413 and 400 are halved until the bad record is found. Datadog drops no repeats: with a `spool` delivery is
 * `at-least-once`.
 *
 * @example
 * new DatadogHandler({ apiKey: process.env.DD_API_KEY ?? '', site: 'datadoghq.eu', service: 'shop' })
 * @see https://docs.datadoghq.com/api/latest/logs/
 */
export class DatadogHandler extends HttpShippingHandler {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof datadogHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(DatadogHandler, {
    name: 'DatadogHandler',
    schema: datadogHandlerSchema,
  });

  readonly #json: ShapedJson;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `tls` or the spool cannot be used. */
  constructor(options: DatadogHandlerOptions) {
    const o = checkOptions('DatadogHandler', datadogHandlerSchema(), options, new.target === DatadogHandler);
    super(o, {
      name: 'datadog',
      server: o.url ?? `https://http-intake.logs.${o.site ?? 'datadoghq.com'}`,
      secretHeaders: { 'DD-API-KEY': o.apiKey },
      limits: { batchSize: 1_000, maxBatchBytes: 4_900_000, maxRecordBytes: 1_000_000 },
    });
    const { tags } = o;
    const ddtags = Array.isArray(tags)
      ? tags
      : Object.entries(tags).map(([name, value]) => `${name}:${value}`);
    this.#json = new ShapedJson(
      this,
      'datadog',
      {
        service: o.service,
        ddsource: 'nodejs',
        ddtags: ddtags.length === 0 ? undefined : ddtags.join(','),
        hostname: o.hostname ?? nodeModule('node:os').hostname(),
      },
      AttributesAsTexts,
    );
  }

  protected override encode(record: LogRecord): string {
    return this.#json.write(record);
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    return {
      path: '/api/v2/logs',
      headers: { 'Content-Type': 'application/json' },
      body: () => `[${batch.map(({ item }) => item).join(',')}]`,
    };
  }
}

/** The interface takes attributes as texts; the time alone is a number. */
class AttributesAsTexts extends JsonFormatter {
  static override readonly [LEAN] = true;

  protected override processFields(fields: Record<string, unknown>): Record<string, unknown> {
    for (const [name, value] of Object.entries(fields)) {
      if (name !== 'timestamp') fields[name] = textField(value);
    }
    return fields;
  }
}
