import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { httpAuth, httpShippingEntries, httpUrl } from './http-shipping-options.js';

/** The keys of a LokiHandler in a configuration. */
export const lokiHandlerSchema = lazy(() =>
  v.strictObject({
    url: httpUrl('The address of Loki; `/loki/api/v1/push` is added.'),
    labels: v.optional(
      v.pipe(
        v.record(
          v.pipe(v.string(), v.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label: letters, digits and _')),
          v.string(),
        ),
        v.description(
          'Labels of every line, few and with few values: `{ service, environment }`; `level` is added.',
        ),
      ),
      {},
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
);

/** Options of LokiHandler. */
export type LokiHandlerOptions = v.InferInput<ReturnType<typeof lokiHandlerSchema>>;
