import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { hostEntry, portEntry, shippingEntries } from '../shipping-options.js';

const text = (what: string) => v.optional(v.pipe(v.string(), v.nonEmpty(), v.description(what)));

/** The keys of a FluentHandler in a configuration. */
export const fluentHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      host: hostEntry('The machine that Fluentd, Fluent Bit or a collector listens on.'),
      port: portEntry('The port of its input `forward`.', 24_224),
      tag: v.optional(
        v.pipe(
          v.string(),
          v.nonEmpty('expected a tag'),
          v.description('The tag, by which the server decides what becomes of records: `shop.web`.'),
        ),
        'app',
      ),
      ack: v.optional(
        v.pipe(
          v.boolean(),
          v.description(
            'Whether the server is asked to say what it has; without it nobody knows what arrives.',
          ),
        ),
        true,
      ),
      compression: v.optional(
        v.pipe(
          v.picklist(['gzip', 'none'], "expected 'gzip' or 'none'"),
          v.description('How records are compressed.'),
        ),
        'none',
      ),
      sharedKey: text('What server and clients know of each other by, where the server asks for it.'),
      username: text('Who we are, where the server asks for that too.'),
      password: text('The password of `username`.'),
      service: text('The name of the application, in the field `service`.'),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ sharedKey, username, password }) =>
        (username === undefined) === (password === undefined) &&
        (username === undefined || sharedKey !== undefined),
      'username: give it with a password and a sharedKey',
    ),
  ),
);

/** Options of FluentHandler. */
export type FluentHandlerOptions = v.InferInput<ReturnType<typeof fluentHandlerSchema>>;
