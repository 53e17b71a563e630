import * as v from 'valibot';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import type { Replicas } from '../overrides/replicas.js';
import { type RedisClient, RedisEngine, redisConnections } from './redis-engine.js';
import { ReplicaSync } from './replica-sync.js';

/** What `redisReplicas` takes: a client, or an address, further options or both. */
export interface RedisReplicasOptions {
  /** A client of `ioredis`: `Redis`, also with sentinels, or `Cluster`. It is not used itself, and never closed. */
  client?: RedisClient | undefined;
  /** `redis://` or `rediss://`, with user, password and number of the database where needed. */
  url?: string | undefined;
  /**
   * Options of `ioredis` for its connections, with or instead of `url`: `tls`, `username`, `sentinels` with `name`,
   * and so on. Retries and timeouts are set here, whatever they say.
   */
  options?: object | undefined;
  /** What the keys and the channel are named after; default `nestjs-logging`. One for each application. */
  key?: string | undefined;
  /** The version of the application, to be shown; default the one npm sets when it starts it, or none. */
  appVersion?: string | undefined;
}

const schema = lazy(() =>
  v.pipe(
    v.strictObject({
      client: v.optional(
        v.custom<RedisClient>(
          (value) => typeof (value as RedisClient | null)?.duplicate === 'function',
          'expected a client of ioredis',
        ),
      ),
      url: v.optional(v.pipe(v.string(), v.regex(/^rediss?:\/\//, 'expected redis:// or rediss://'))),
      // As it is: certificates, functions and the like go on to the client.
      options: v.optional(
        v.custom<object>(
          (value) => typeof value === 'object' && value !== null,
          'expected options of ioredis',
        ),
      ),
      key: v.optional(
        v.pipe(v.string(), v.regex(/^[^\s{}]{1,200}$/, 'expected a name without spaces and braces')),
        'nestjs-logging',
      ),
      appVersion: v.optional(v.pipe(v.string(), v.maxLength(256))),
    }),
    v.check(
      ({ client, url, options }) => (client === undefined) !== (url === undefined && options === undefined),
      ({ input }) =>
        input.client === undefined
          ? 'no server: give url, options or client; where url is from the environment, its variable is not set'
          : 'expected either client, or url and options, not both',
    ),
  ),
);

/**
 * Shares overrides with all replicas over Redis 5 or later, or a server with its protocol.
 *
 * Overrides are in the hash `{key}:state`, heartbeats in the hash `{key}:instances`, and changes are announced on the
 * channel `{key}:changes`. Needs the package `ioredis`.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`. A package that is not installed is reported at the start, as
 * `ERR_LOGGING_MISSING_PACKAGE`.
 * @example
 * LoggingLiveModule.forRoot({ guards: [AdminGuard], replicas: redisReplicas({ url: 'redis://redis:6379' }) })
 */
export function redisReplicas(options: RedisReplicasOptions): Replicas {
  const { key, appVersion, ...server } = checkOptions('redisReplicas', schema(), options);
  return new ReplicaSync('redisReplicas', appVersion, () => new RedisEngine(redisConnections(server), key));
}
