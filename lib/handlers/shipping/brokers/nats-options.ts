import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { shippingEntries } from '../shipping-options.js';
import { clientEntry, hasMethods } from './client-options.js';

/** What publishes to JetStream: a JetStream client of `@nats-io/jetstream`. */
export interface JetStreamLike {
  publish(
    subject: string,
    payload: string,
    options: { readonly msgID: string; readonly timeout: number; readonly retries: number },
  ): Promise<unknown>;
}

const text = (what: string) => v.optional(v.pipe(v.string(), v.nonEmpty(), v.description(what)));

/** The keys of a NATSHandler in a configuration. */
export const natsHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      servers: v.optional(
        v.pipe(
          v.union(
            [v.pipe(v.string(), v.nonEmpty()), v.pipe(v.array(v.string()), v.minLength(1))],
            "expected an address or a list of them: 'nats://nats:4222'",
          ),
          v.description('The addresses of the servers of one cluster: `nats://nats:4222`.'),
        ),
      ),
      client: clientEntry<object>('a connection or a JetStream client of nats.js', (value) =>
        hasMethods(value, 'publish'),
      ),
      subject: v.pipe(
        v.string(),
        v.regex(/^[^\s*>]+$/, 'expected a subject without spaces, * and >'),
        v.description('The subject, which a stream of JetStream has to take.'),
      ),
      user: text('The user, where the server requires one.'),
      pass: text('The password of `user`.'),
      token: text('A token in place of user and password.'),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ servers, client }) => (servers === undefined) !== (client === undefined),
      'servers: give either servers or client',
    ),
  ),
);

/** Options of NATSHandler. */
export type NATSHandlerOptions = v.InferInput<ReturnType<typeof natsHandlerSchema>>;
