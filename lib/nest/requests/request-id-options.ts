import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';

/** Returns the id of a Node request; nothing, or an id that is not accepted, means a new one. */
export type RequestIdFunction = (request: IncomingMessage) => string | number | undefined;

/** Where ids come from, and which are accepted. */
export interface RequestIdOptions {
  /**
   * Headers in order: the first that has an accepted id counts. Default `x-request-id`, `x-correlation-id`, `traceparent`
   * (its trace id), `x-amzn-trace-id` (its `Root`). For messages too, where their transport has headers.
   */
  headers?: readonly string[] | undefined;
  /** Gives the id of an HTTP request that has none of the headers; default a random UUID. */
  generate?: RequestIdFunction | undefined;
  /**
   * What an id may be; one that may not is replaced: the next header counts, at last a random UUID. Default 1 to 128
   * letters, digits and `_ . : + / = @ -`. Whatever is accepted, an id has at most 256 characters of printable ASCII.
   */
  accept?: RegExp | ((id: string) => boolean) | undefined;
}

/** The option `requestId`: a header, headers in order, a function that replaces them, or an object of all these. */
export type RequestIdOption = string | readonly string[] | RequestIdFunction | RequestIdOptions;

/** The same, whole. */
export interface ResolvedRequestIdOption {
  readonly headers: readonly string[];
  /** Those that count for messages. */
  readonly messageHeaders: readonly string[];
  readonly generate: RequestIdFunction | undefined;
  readonly accept: RegExp | ((id: string) => boolean);
  /** Whether the application chose it: then it wins over Fastify's own ids. */
  readonly isChosen: boolean;
}

const HEADERS: readonly string[] = ['x-request-id', 'x-correlation-id', 'traceparent', 'x-amzn-trace-id'];
/** Ids that are short and have no character with a meaning for a terminal, a shell or a log format. */
const ACCEPTED = /^[\w.:+/=@-]{1,128}$/;

const schema = lazy(() =>
  v.strictObject({
    headers: v.optional(
      v.pipe(
        v.array(
          v.pipe(
            v.string(),
            v.regex(/^[!#$%&'*+.^`|~\w-]+$/, 'expected the name of a header'),
            v.toLowerCase(),
          ),
          'expected names of headers in order, a function, or an object of headers, generate and accept',
        ),
        v.readonly(),
      ),
    ),
    generate: v.optional(
      v.custom<RequestIdFunction>((value) => typeof value === 'function', 'expected a function'),
    ),
    accept: v.optional(
      v.custom<RegExp | ((id: string) => boolean)>(
        (value) => value instanceof RegExp || typeof value === 'function',
        'expected a regular expression or a function',
      ),
    ),
  }),
);

/**
 * Checks the option `requestId` and fills in what it leaves out.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
 */
export function resolveRequestId(option: unknown): ResolvedRequestIdOption {
  const {
    headers,
    generate,
    accept = ACCEPTED,
  } = checkOptions('LoggingModule.requestId', schema(), whole(option));
  return {
    headers: headers ?? HEADERS,
    messageHeaders: typeof option === 'function' ? HEADERS : (headers ?? HEADERS),
    generate,
    accept,
    isChosen: option !== undefined,
  };
}

/** The full form of a short form. */
function whole(option: unknown): unknown {
  if (option === undefined) return {};
  if (typeof option === 'function') return { headers: [], generate: option };
  if (typeof option === 'string') return { headers: [option] };
  return typeof option === 'object' && option !== null && !Array.isArray(option)
    ? option
    : { headers: option };
}
