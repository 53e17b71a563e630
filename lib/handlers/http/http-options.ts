import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { nodeModule } from '../../runtime/node-module.js';
import { boundEntries, retryEntries } from '../delivery/delivery-options.js';
import { spoolEntries } from '../delivery/spool/spool-options.js';
import { handlerEntries } from '../handler-options.js';
import { tlsContextSchema } from '../network/tls-options.js';

const count = (what: string) => v.pipe(v.number(), v.integer(), v.minValue(1), v.description(what));
const milliseconds = (what: string) =>
  v.pipe(
    v.number(),
    v.minValue(1, 'expected at least 1 ms'),
    v.maxValue(3_600_000, 'expected at most an hour'),
    v.description(what),
  );

/** Headers that come out of the message itself. */
const OWN_HEADERS = new Set([
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'log-record-ids',
]);

const host = lazy(() =>
  v.pipe(
    v.string(),
    v.check(
      (text) => parseHost(text) !== undefined,
      "expected a host, or host and port: 'logs.example.com:8080', '[::1]:8080'",
    ),
    v.description('The server: a name or address, and a port unless it is 80, or 443 with `secure`.'),
  ),
);

const url = lazy(() =>
  v.pipe(
    v.string(),
    v.regex(
      /^\/[!-~]*$/,
      "expected a path that starts with '/', without spaces, controls or letters beyond ASCII",
    ),
    v.description('The path, and a query if need be.'),
  ),
);

const method = lazy(() =>
  v.pipe(
    v.string(),
    v.toUpperCase(),
    v.picklist(['GET', 'POST'], "expected 'GET' or 'POST'"),
    v.description("Default `'GET'` for a form, `'POST'` else."),
  ),
);

/** Further headers of each request. */
export const headersSchema = lazy(() =>
  v.pipe(
    v.custom<Record<string, string>>(
      (value) => headerProblem(value) === undefined,
      (issue) => headerProblem(issue.input) ?? '',
    ),
    v.description('Further headers of each request.'),
  ),
);

const credentials = lazy(() =>
  v.pipe(
    v.custom<readonly [user: string, password: string]>(
      (value) =>
        Array.isArray(value) &&
        value.length === 2 &&
        value.every((part) => typeof part === 'string') &&
        !String(value[0]).includes(':'),
      'expected [user, password], and no colon in the user',
    ),
    v.description('User and password for Basic authentication.'),
  ),
);

const verdicts = lazy(() =>
  v.pipe(
    v.record(
      v.pipe(
        v.string(),
        v.regex(/^[1-5](\d\d|xx)$/, "expected a status such as '409', or a class such as '5xx'"),
      ),
      v.picklist(
        ['delivered', 'retry', 'rejected', 'split', 'refused'],
        "expected 'delivered', 'retry', 'rejected', 'split' or 'refused'",
      ),
    ),
    v.description(
      "What responses mean, where it differs from HTTP: `{ 409: 'delivered', '5xx': 'rejected' }`. See docs/shipping.md.",
    ),
  ),
);

/** The keys of an {@link HTTPHandler} in a configuration. */
export const httpHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      ...handlerEntries(),
      host: host(),
      url: url(),
      method: v.optional(method()),
      secure: v.optional(v.pipe(v.boolean(), v.description('Whether the connection is encrypted.')), false),
      credentials: v.optional(v.nullable(credentials())),
      context: v.optional(
        v.pipe(
          v.nullable(tlsContextSchema()),
          v.description('How TLS is spoken: authorities, our certificate, the oldest version.'),
        ),
      ),
      insecure: v.optional(
        v.pipe(
          v.boolean(),
          v.description('Takes any certificate, and warns of that at start. For tests only.'),
        ),
        false,
      ),
      headers: v.optional(headersSchema(), {}),
      format: v.optional(
        v.pipe(
          v.picklist(['form', 'json', 'ndjson'], "expected 'form', 'json' or 'ndjson'"),
          v.description("Python's form, one record a request; or an array, or lines, of JSON."),
        ),
        'form',
      ),
      batchSize: v.optional(count('JSON: the most records of a request; default 100.')),
      maxBatchBytes: v.optional(count('JSON: the most bytes of a request, before compression.'), 1_048_576),
      flushIntervalMs: v.optional(milliseconds('JSON: how long a record waits for others.'), 1_000),
      gzip: v.optional(v.pipe(v.boolean(), v.description('JSON: compresses the body.')), false),
      connectTimeoutMs: v.optional(milliseconds('The most time until there is a connection.'), 5_000),
      timeoutMs: v.optional(milliseconds('The most time until the answer is complete.'), 10_000),
      verdicts: v.optional(verdicts(), {}),
      ...retryEntries(),
      ...boundEntries(),
      ...spoolEntries(),
    }),
    v.check((o) => o.secure || !o.context, 'context: makes sense only with secure: true'),
    v.check((o) => o.secure || !o.insecure, 'insecure: makes sense only with secure: true'),
    v.check((o) => o.format === 'form' || o.method !== 'GET', "method: records in JSON need 'POST'"),
    v.check(
      (o) => o.format !== 'form' || (o.batchSize ?? 1) === 1,
      "batchSize: a form contains one record; format: 'json' takes many",
    ),
    v.check((o) => o.format !== 'form' || !o.gzip, "gzip: a form is sent as it is; use format: 'json'"),
  ),
);

/** Options of {@link HTTPHandler}. */
export type HTTPHandlerOptions = v.InferInput<ReturnType<typeof httpHandlerSchema>>;

/** A host and its port; `undefined` if the text is not that. */
export function parseHost(text: string): { hostname: string; port: number | undefined } | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text);
  const hostname = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (hostname === undefined || port === 0 || (port ?? 0) > 65_535) return undefined;
  return { hostname, port };
}

/** What is wrong with headers, without their values: they may be secret. */
function headerProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'expected an object of headers by name';
  const { validateHeaderName, validateHeaderValue } = nodeModule('node:http');
  for (const [name, content] of Object.entries(value)) {
    if (OWN_HEADERS.has(name.toLowerCase())) return `the header "${name}" is set by the handler itself`;
    try {
      validateHeaderName(name);
      if (typeof content !== 'string') return `the value of the header "${name}" is not a string`;
      validateHeaderValue(name, content);
    } catch {
      return `${JSON.stringify(name)} is not a valid header name, or its value contains invalid characters`;
    }
  }
  return undefined;
}
