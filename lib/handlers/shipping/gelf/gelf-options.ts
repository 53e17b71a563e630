import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { hostEntry, portEntry, shippingEntries } from '../shipping-options.js';

/** The keys of a GELFHandler in a configuration. */
export const gelfHandlerSchema = lazy(() =>
  v.strictObject({
    host: hostEntry("The machine that Graylog's input is on."),
    port: portEntry('The port of the input.', 12_201),
    protocol: v.optional(
      v.pipe(
        v.picklist(['udp', 'tcp', 'http'], "expected 'udp', 'tcp' or 'http'"),
        v.description('How messages travel; only `http` answers whether they arrived.'),
      ),
      'udp',
    ),
    compress: v.optional(v.pipe(v.boolean(), v.description('Whether datagrams are compressed.')), true),
    service: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description('The name of the application.'))),
    tls: tlsEntry('How TLS is spoken over TCP and HTTP: true, or `{ ca, cert, key … }`.'),
    ...shippingEntries(),
  }),
);

/** Options of GELFHandler. */
export type GELFHandlerOptions = v.InferInput<ReturnType<typeof gelfHandlerSchema>>;
