import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { durationSchema } from '../overrides/make-override.js';
import type { Replicas } from '../overrides/replicas.js';
import type { TokenOptions } from '../tokens/token-service.js';

/** What `LoggingLiveModule.forRoot` takes. */
export interface LoggingLiveOptions {
  /** Where the page is, with its API below; default `logging`. */
  path?: string | undefined;
  /** Where Spring's interface is, for example `actuator/loggers`; default `false`, nowhere. */
  actuator?: string | false | undefined;
  /**
   * Nest guards in front of every route, classes or objects. Required, unless `development` is on; then a token that is
   * printed at start replaces them.
   */
  guards?: readonly (Type<CanActivate> | CanActivate)[] | undefined;
  /** Modules whose services the guards inject. */
  imports?: ModuleMetadata['imports'] | undefined;
  /** Whether this is a developer's machine; default: whether `NODE_ENV` is `development` or `test`. */
  development?: boolean | undefined;
  /** Whether the token of development lets in other machines than this one; default `false`. */
  allowRemote?: boolean | undefined;
  /** Origins that pages may have besides the application's: `['https://admin.example.com']`. */
  origins?: readonly string[] | undefined;
  /** How requests bring levels along; `false`: not at all. */
  token?: TokenOptions | false | undefined;
  /** What shares overrides with the other replicas; default nothing: they are this process's alone. */
  replicas?: Replicas | undefined;
  /** Name and labels of this instance among its replicas; default host name and process id, no labels. */
  instance?:
    | { readonly name?: string | undefined; readonly labels?: Readonly<Record<string, string>> | undefined }
    | undefined;
  /** The records that are kept to be shown. */
  records?: {
    /** Records; default 50,000. */
    readonly capacity?: number;
    /** `'watched'`: while somebody watches, and a minute longer; `'always'`, the default in development. */
    readonly keep?: 'watched' | 'always';
    /** Clients that are shown records as they come; default 20. */
    readonly clients?: number;
  };
  /** Where the trace of a request is shown: `https://traces.example.com/{trace_id}`. */
  traceUrl?: string | undefined;
  /** How long a level set over Spring's interface lasts, which has no duration itself; default `1h`. */
  actuatorDuration?: string | undefined;
}

const schema = lazy(() =>
  v.strictObject({
    path: v.optional(pathSchema(), 'logging'),
    actuator: v.optional(v.union([v.literal(false), pathSchema()]), false),
    guards: v.optional(v.array(v.any()), []),
    imports: v.optional(v.array(v.any()), []),
    development: v.optional(v.boolean()),
    allowRemote: v.optional(v.boolean(), false),
    origins: v.optional(v.array(v.string()), []),
    token: v.optional(
      v.union([
        v.literal(false),
        v.strictObject({
          secret: v.optional(v.union([v.string(), v.array(v.string())])),
          header: v.optional(v.pipe(v.string(), v.regex(/^[\w-]+$/))),
          cookie: v.optional(v.union([v.literal(false), v.pipe(v.string(), v.regex(/^[\w-]+$/))])),
        }),
      ]),
      {},
    ),
    replicas: v.optional(v.any()),
    instance: v.optional(
      v.strictObject({
        name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
        labels: v.optional(v.record(v.string(), v.string())),
      }),
      {},
    ),
    records: v.optional(
      v.strictObject({
        capacity: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 50_000),
        keep: v.optional(v.picklist(['watched', 'always'])),
        clients: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)), 20),
      }),
      {},
    ),
    traceUrl: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\//, 'expected an http or https address'))),
    actuatorDuration: v.optional(durationSchema(), '1h'),
  }),
);

const pathSchema = lazy(() =>
  v.pipe(v.string(), v.regex(/^\/?[\w-]+(\/[\w-]+)*\/?$/, 'expected a path of letters, digits and dashes')),
);

/** Options with every default filled in. */
export type ResolvedLiveOptions = v.InferOutput<ReturnType<typeof schema>> & {
  readonly development: boolean;
  readonly records: { readonly keep: 'watched' | 'always' };
};

/**
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit, and where neither guards nor development
 * protect what is mounted.
 */
export function resolveLiveOptions(options: LoggingLiveOptions): ResolvedLiveOptions {
  const resolved = checkOptions('LoggingLiveModule', schema(), options);
  const environment = process.env.NODE_ENV;
  const development = resolved.development ?? (environment === 'development' || environment === 'test');
  if (resolved.guards.length === 0 && !development) {
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      `LoggingLiveModule: give guards; NODE_ENV is ${environment === undefined ? 'not set' : `"${environment}"`}, and only in ` +
        'development or test, or with the option development, a token replaces them. Anybody with access sees records and changes levels.',
    );
  }
  const keep = resolved.records.keep ?? (development ? 'always' : 'watched');
  return { ...resolved, development, records: { ...resolved.records, keep } };
}
