import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { httpShippingEntries, httpUrl } from './http-shipping-options.js';

/** The keys of a DatadogHandler in a configuration. */
export const datadogHandlerSchema = lazy(() =>
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
  ),
);

/** Options of DatadogHandler. */
export type DatadogHandlerOptions = v.InferInput<ReturnType<typeof datadogHandlerSchema>>;
