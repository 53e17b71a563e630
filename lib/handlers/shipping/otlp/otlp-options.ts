import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { httpAuth, httpShippingEntries, httpUrl } from '../http/http-shipping-options.js';

const scalar = lazy(() => v.union([v.string(), v.number(), v.boolean()]));

/** The keys of an OTLPHandler in a configuration. */
export const otlpHandlerSchema = lazy(() => {
  const { gzip: _, ...entries } = httpShippingEntries();
  return v.strictObject({
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
    includeCaller: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Adds file, line and function of the call; costs about 10 µs a record.'),
      ),
      false,
    ),
    auth: v.optional(httpAuth()),
    ...entries,
  });
});

/** Options of OTLPHandler. */
export type OTLPHandlerOptions = v.InferInput<ReturnType<typeof otlpHandlerSchema>>;
