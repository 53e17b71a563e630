import * as v from 'valibot';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import type { Replicas } from '../overrides/replicas.js';
import { type NATSConnection, NATSEngine } from './nats-engine.js';
import { ReplicaSync } from './replica-sync.js';

/** What `natsReplicas` takes: a connection or addresses. */
export interface NATSReplicasOptions {
  /** A connection of `@nats-io/transport-node`. It is used, and never closed. */
  connection?: NATSConnection | undefined;
  /** `host:port` or `nats://host:port`, one or more. Where more is needed, such as a password, give a connection. */
  servers?: string | readonly string[] | undefined;
  /** The KV bucket, and with the suffix `_instances` that of the heartbeats; default `nestjs-logging`. */
  bucket?: string | undefined;
  /** The version of the application, to be shown; default the one npm sets when it starts it, or none. */
  appVersion?: string | undefined;
}

const schema = lazy(() =>
  v.pipe(
    v.strictObject({
      connection: v.optional(
        v.custom<NATSConnection>(
          (value) => typeof (value as NATSConnection | null)?.status === 'function',
          'expected a connection of @nats-io/transport-node',
        ),
      ),
      servers: v.optional(
        v.union([v.pipe(v.string(), v.minLength(1)), v.pipe(v.array(v.string()), v.minLength(1))]),
      ),
      bucket: v.optional(
        v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/, 'expected letters, digits, - and _')),
        'nestjs-logging',
      ),
      appVersion: v.optional(v.pipe(v.string(), v.maxLength(256))),
    }),
    v.check(
      ({ connection, servers }) => (connection === undefined) !== (servers === undefined),
      ({ input }) =>
        input.connection === undefined
          ? 'no server: give servers or connection; where servers is from the environment, its variable is not set'
          : 'expected either connection or servers, not both',
    ),
  ),
);

/**
 * Shares overrides with all replicas over NATS with JetStream.
 *
 * Overrides are in a bucket of its key-value store, heartbeats in another. Missing buckets are made, with one copy; existing
 * ones are used as they are. Needs the packages `@nats-io/kv` and, for `servers`,
 * `@nats-io/transport-node`.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`. A package that is not installed is reported at the start, as
 * `ERR_LOGGING_MISSING_PACKAGE`.
 * @example
 * LoggingLiveModule.forRoot({ guards: [AdminGuard], replicas: natsReplicas({ servers: 'nats://nats:4222' }) })
 */
export function natsReplicas(options: NATSReplicasOptions): Replicas {
  const { connection, servers, bucket, appVersion } = checkOptions('natsReplicas', schema(), options);
  return new ReplicaSync('natsReplicas', appVersion, () => new NATSEngine(connection, servers, bucket));
}
