import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { httpShippingEntries, httpUrl } from './http-shipping-options.js';

const text = (what: string) => v.optional(v.pipe(v.string(), v.nonEmpty(), v.description(what)));

/** The keys of a SplunkHandler in a configuration. */
export const splunkHandlerSchema = lazy(() =>
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
);

/** Options of SplunkHandler. */
export type SplunkHandlerOptions = v.InferInput<ReturnType<typeof splunkHandlerSchema>>;
