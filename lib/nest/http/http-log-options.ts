import * as v from 'valibot';

/** A request as the platform gives it: Express's, or Fastify's. */
export type PlatformRequest =
  // biome-ignore lint/suspicious/noExplicitAny: the platform is the application's choice; it types its own callbacks
  any;
/** A response as the platform gives it: Express's, or Fastify's reply. */
export type PlatformResponse =
  // biome-ignore lint/suspicious/noExplicitAny: as above
  any;

const callback = <T extends (...args: never[]) => unknown>() =>
  v.custom<T>((value) => typeof value === 'function', 'expected a function');

const patternSchema = v.union(
  [
    v.pipe(v.string(), v.startsWith('/', 'expected a path that starts with /')),
    v.instance(RegExp),
    callback<(request: PlatformRequest) => boolean>(),
  ],
  'expected a path, a regular expression or a function',
);

/** Schema of the options of the request log, with their defaults. */
export const httpLogSchema = v.strictObject({
  enabled: v.optional(
    v.pipe(v.boolean(), v.description('Whether each request gets an access record.')),
    true,
  ),
  exclude: v.optional(
    v.pipe(
      v.array(patternSchema),
      v.description(
        "Requests without an access record: paths ('/health', '/internal/*'), patterns, functions.",
      ),
    ),
    [],
  ),
  level: v.optional(
    v.pipe(
      callback<(request: PlatformRequest, response: PlatformResponse) => number | string | undefined>(),
      v.description('The level of an access record; undefined for the one the status gives.'),
    ),
  ),
  fields: v.optional(
    v.pipe(
      callback<
        (
          request: PlatformRequest,
          response: PlatformResponse,
        ) => Readonly<Record<string, unknown>> | undefined
      >(),
      v.description('Further fields of an access record.'),
    ),
  ),
  slowThresholdMs: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.description(
        'Requests that take at least so many milliseconds are logged at WARNING or above, with slow: true.',
      ),
    ),
  ),
  headers: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description('Request headers to log, by name. What looks like a credential is never logged.'),
    ),
    [],
  ),
  query: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description('Query parameters to log, by name. What looks like a credential is never logged.'),
    ),
    [],
  ),
  responseHeader: v.optional(
    v.pipe(
      v.union([v.literal(false), v.pipe(v.string(), v.regex(/^[\w-]+$/, 'expected the name of a header'))]),
      v.description('The header that tells the client its request_id; false for none.'),
    ),
    'x-request-id',
  ),
  expressPrototypes: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether the server makes requests and responses with Express's prototypes, where it serves nothing else; a request of Express then takes a fraction of the time.",
      ),
    ),
    true,
  ),
  singleWrites: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether an answer of Fastify goes to the system in one piece where Node would hand it over as two, the second one empty.',
      ),
    ),
    true,
  ),
  interceptor: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether LoggingInterceptor runs for every handler; the records are the same without it.',
      ),
    ),
    false,
  ),
  exceptionFilter: v.optional(
    v.pipe(v.boolean(), v.description('Whether failures get a record of their own, with the traceback.')),
    true,
  ),
});

/** Options of the request log: `options.http` of `LoggingModule.forRoot`. */
export type HttpLogOptions = v.InferInput<typeof httpLogSchema>;

/** The same with every default filled in. */
export type ResolvedHttpLogOptions = v.InferOutput<typeof httpLogSchema>;
