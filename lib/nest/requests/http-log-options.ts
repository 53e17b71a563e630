import * as v from 'valibot';
import { tuningSchema } from '../tuning/tuning-options.js';
import { whyNeverMatches } from './path-patterns.js';

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

/** Requests that are left out: a path, a regular expression, or a function of the platform's request. */
export type ExcludePattern = string | RegExp | ((request: PlatformRequest) => boolean);

const patternSchema = v.pipe(
  v.union(
    [v.string(), v.instance(RegExp), callback<(request: PlatformRequest) => boolean>()],
    'expected a path, a regular expression or a function',
  ),
  v.check(
    (pattern) => typeof pattern === 'function' || whyNeverMatches(pattern) === undefined,
    ({ input }) => (typeof input === 'function' ? '' : (whyNeverMatches(input) ?? '')),
  ),
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
        "Requests without records, unless they fail with a real error: paths as the platform's router reads them ('/health', '/cats/:id', '/internal/*'), regular expressions, functions.",
      ),
    ),
    [],
  ),
  level: v.optional(
    v.pipe(
      callback<(request: PlatformRequest, response: PlatformResponse) => number | string | undefined>(),
      v.description(
        '`(request, response) => level`: the level of an access record; undefined for the one the status gives.',
      ),
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
      v.description('`(request, response) => fields`: further fields of an access record.'),
    ),
  ),
  contextFields: v.optional(
    v.pipe(
      callback<(request: PlatformRequest) => Readonly<Record<string, unknown>> | undefined>(),
      v.description(
        '`(request) => fields`: fields of every record of a request, as if bound by bindContext: called once, when the first of them is made.',
      ),
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
      v.description('The response header with the request_id; false for none.'),
    ),
    'x-request-id',
  ),
  tuning: v.optional(
    v.pipe(
      v.union([v.boolean(), tuningSchema]),
      v.description(
        "Whether the server is made faster too, all of it or some (`{ expressPrototypes: true }`). Changes Node's own objects; see 'Tuning'.",
      ),
    ),
    false,
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
    v.pipe(
      v.boolean(),
      v.description('Whether failures of the server get a record of their own, with the traceback.'),
    ),
    true,
  ),
  refusalRecord: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether a refused request (4xx) gets a second record, of nest.request at WARNING, as with Django.',
      ),
    ),
    false,
  ),
});

/** Options of the request log: `options.http` of `LoggingModule.forRoot`. */
export type HttpLogOptions = v.InferInput<typeof httpLogSchema>;

/** The same with every default filled in. */
export type ResolvedHttpLogOptions = v.InferOutput<typeof httpLogSchema>;
