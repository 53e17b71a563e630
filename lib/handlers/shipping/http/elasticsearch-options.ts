import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { httpAuth, httpShippingEntries, httpUrl } from './http-shipping-options.js';

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
export const elasticsearchHandlerSchema = lazy(() =>
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
  ),
);

/** Options of ElasticsearchHandler. */
export type ElasticsearchHandlerOptions = v.InferInput<ReturnType<typeof elasticsearchHandlerSchema>>;
