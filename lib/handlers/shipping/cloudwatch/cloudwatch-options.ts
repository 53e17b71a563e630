import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { clientEntry, hasMethods } from '../brokers/client-options.js';
import { httpUrl, tlsEntry } from '../http/http-shipping-options.js';
import { shippingEntries } from '../shipping-options.js';

/** A `CloudWatchLogsClient` of the AWS SDK: the part that is used. */
export interface CloudWatchClient {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

const text = () => v.pipe(v.string(), v.nonEmpty());

/** The keys of a CloudWatchHandler in a configuration. */
export const cloudWatchHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      logGroup: v.pipe(
        v.string(),
        v.regex(/^[\w./#-]{1,512}$/, 'expected up to 512 letters, digits and any of . - _ / #'),
        v.description('The log group.'),
      ),
      logStream: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[^:*]{1,512}$/, 'expected up to 512 characters without : and *'),
          v.description('The log stream; default the name of the host. Several processes may write to one.'),
        ),
      ),
      createLogGroup: v.optional(
        v.pipe(
          v.boolean(),
          v.description('Whether the group is made if it is not there. The stream always is.'),
        ),
        true,
      ),
      region: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[a-z0-9-]+$/, "expected a region such as 'eu-central-1'"),
          v.description('The region: `eu-central-1`; default that of the environment.'),
        ),
      ),
      endpoint: v.optional(httpUrl('Another address of the service, for one within a private network.')),
      credentials: v.optional(
        v.pipe(
          // Credentials of the SDK have other keys too, and it adds one to those it was once given.
          v.object({
            accessKeyId: text(),
            secretAccessKey: text(),
            sessionToken: v.optional(text()),
          }),
          v.description(
            "Who we are: `{ accessKeyId, secretAccessKey }`; default what the environment, or the machine's role, says.",
          ),
        ),
      ),
      service: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description('The name of the application.'))),
      client: clientEntry<CloudWatchClient>('a CloudWatchLogsClient of the AWS SDK', (value) =>
        hasMethods(value, 'send'),
      ),
      tls: tlsEntry('How TLS is spoken: `{ ca, cert, key … }`.'),
      ...shippingEntries(),
    }),
    v.check(
      ({ client, region, endpoint, credentials, tls }) =>
        client === undefined || [region, endpoint, credentials, tls].every((option) => option === undefined),
      'client: has region, endpoint, credentials and tls of its own',
    ),
  ),
);

/** Options of CloudWatchHandler. */
export type CloudWatchHandlerOptions = v.InferInput<ReturnType<typeof cloudWatchHandlerSchema>>;
