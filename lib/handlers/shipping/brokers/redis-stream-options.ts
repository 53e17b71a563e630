import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { tlsEntry } from '../http/http-shipping-options.js';
import { shippingEntries } from '../shipping-options.js';
import { clientEntry, hasMethods } from './client-options.js';

/** The part of a client of ioredis, also of a cluster, that is used. */
export interface RedisClient {
  pipeline(commands: (string | Buffer | number)[][]): {
    exec(): Promise<[error: Error | null, result: unknown][] | null>;
  };
}

/** The keys of a RedisStreamHandler in a configuration. */
export const redisStreamHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      url: v.optional(
        v.pipe(
          v.string(),
          v.regex(
            /^(rediss?:\/\/|unix:\/\/|\/)/,
            'expected an address that begins with redis:// or rediss://',
          ),
          v.description('The address of Redis: `redis://user:password@host:6379/0`, `rediss://` for TLS.'),
        ),
      ),
      client: clientEntry<RedisClient>('a client of ioredis', (value) => hasMethods(value, 'pipeline')),
      key: v.pipe(v.string(), v.nonEmpty('expected a key'), v.description('The key of the stream.')),
      maxLength: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1, 'expected 1 or more'),
          v.description(
            'About how many entries the stream keeps: the oldest go (`MAXLEN ~`). Default all, until Redis is full.',
          ),
        ),
      ),
      tls: tlsEntry('How TLS is spoken: true, or `{ ca, cert, key … }`; `rediss://` speaks it too.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ url, client }) => (url === undefined) !== (client === undefined),
      'url: give either url or client',
    ),
  ),
);

/** Options of RedisStreamHandler. */
export type RedisStreamHandlerOptions = v.InferInput<ReturnType<typeof redisStreamHandlerSchema>>;
