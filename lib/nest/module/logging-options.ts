import type {
  DynamicModule,
  ForwardReference,
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Provider,
  Type,
} from '@nestjs/common';
import * as v from 'valibot';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import type { Environment } from '../../config/read/env-values.js';
import { LoggingError } from '../../core/errors.js';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { type HttpLogOptions, httpLogSchema } from '../requests/http-log-options.js';
import {
  type RequestIdOption,
  type ResolvedRequestIdOption,
  resolveRequestId,
} from '../requests/request-id-options.js';

/** What only Nest knows: the second argument of `LoggingModule.forRoot`. */
export interface LoggingModuleOptions {
  /** Whether every module can inject loggers without importing the module; default true. */
  isGlobal?: boolean | undefined;
  /** The request log; `false`: no access records and no response header. Failures keep their records. */
  http?: HttpLogOptions | false | undefined;
  /**
   * Where the ids of requests and messages come from: names of headers in order, or a function of the request; and what is
   * accepted. Default `x-request-id`, `x-correlation-id`, `traceparent` and `x-amzn-trace-id`, else a random UUID.
   */
  requestId?: RequestIdOption | undefined;
  /**
   * Whether work that does not come over HTTP gets records: messages of microservices and gateways, GraphQL operations,
   * jobs of `@nestjs/schedule` and `@nestjs/bullmq`, events of `@nestjs/event-emitter`; default true. `false` leaves all of them to Nest.
   */
  messages?: boolean | undefined;
  /** Whether requests and messages run in contexts of their own, with `request_id` on every record; default true. */
  context?: boolean | undefined;
  /**
   * Whether Nest's own loggers go through this package, with nothing to be done in `main.ts`; default true. A logger that
   * the application chose itself is left alone. With `false`, `app.useLogger(app.get(NestLogger))` does it.
   */
  replaceNestLogger?: boolean | undefined;
  /**
   * Whether `LOG_LEVEL` and `LOG_LEVELS` set levels over those of the configuration, as `applyEnvironment` does: `true`
   * for the variables of the process, or variables of your own; default false. What `loadLoggingConfig` reads has
   * them already.
   */
  env?: boolean | Environment | undefined;
  /**
   * Whether the record of a failure repeats the traceback of an error that the application logged before it threw it on.
   * Default false: the record has class and message, and names the logger of the record above.
   */
  repeatTracebacks?: boolean | undefined;
  /** Modules whose services custom handlers, formatters and filters inject. */
  imports?: ModuleMetadata['imports'] | undefined;
}

/** The options that may come with a configuration: those that nothing needs before it. */
export type ProvidedOption = 'http' | 'requestId' | 'messages' | 'context' | 'env' | 'repeatTracebacks';

/**
 * The source of the configuration may return options next to its keys: `{ version: 1, …, http: { exclude: ['/health'] }
 * }`. `undefined`, or options alone, mean the default configuration.
 */
export type ProvidedLogging =
  | (LoggingConfig & Pick<LoggingModuleOptions, ProvidedOption>)
  | Pick<LoggingModuleOptions, ProvidedOption>
  | undefined;

/** Gives the configuration; for `useClass` and `useExisting`. */
export interface LoggingConfigFactory {
  /** The configuration, now or later. */
  createLoggingConfig(): ProvidedLogging | Promise<ProvidedLogging>;
}

/** Gives the configuration, from what is injected. */
export type LoggingConfigFunction = (
  // biome-ignore lint/suspicious/noExplicitAny: what is injected is for the application to type
  ...injected: any[]
) => ProvidedLogging | Promise<ProvidedLogging>;

/** The argument of `LoggingModule.forRootAsync`: one of `useFactory`, `useClass` and `useExisting`. */
export interface LoggingModuleAsyncOptions extends LoggingModuleOptions {
  /** What `useFactory` is called with. */
  inject?: (InjectionToken | OptionalFactoryDependency)[] | undefined;
  /** Providers that the factory injects and no module exports. */
  providers?: Provider[] | undefined;
  /** Gives the configuration. */
  useFactory?: LoggingConfigFunction | undefined;
  /** A class to be made for it. */
  useClass?: Type<LoggingConfigFactory> | undefined;
  /** The token of a provider that is there already. */
  useExisting?: InjectionToken | undefined;
}

/** What a feature module adds to the configuration: the argument of `LoggingModule.forFeature`. */
export interface LoggingFeature
  extends Pick<LoggingConfig, 'handlers' | 'formatters' | 'filters' | 'loggers'> {
  /** Modules whose services the feature's handlers, formatters and filters inject. */
  imports?: (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[] | undefined;
}

const optionsSchema = lazy(() =>
  v.strictObject({
    isGlobal: v.optional(v.boolean(), true),
    http: v.optional(v.union([v.literal(false), v.record(v.string(), v.unknown())])),
    requestId: v.optional(v.unknown()),
    messages: v.optional(v.boolean(), true),
    context: v.optional(v.boolean(), true),
    replaceNestLogger: v.optional(v.boolean(), true),
    env: v.optional(v.union([v.boolean(), v.record(v.string(), v.optional(v.string()))]), false),
    repeatTracebacks: v.optional(v.boolean(), false),
    imports: v.optional(v.array(v.any()), []),
  }),
);

/** Options with every default filled in. */
export interface ResolvedLoggingOptions {
  readonly isGlobal: boolean;
  readonly http: v.InferOutput<typeof httpLogSchema>;
  readonly requestId: ResolvedRequestIdOption;
  readonly messages: boolean;
  readonly context: boolean;
  readonly replaceNestLogger: boolean;
  readonly env: boolean | Environment;
  readonly repeatTracebacks: boolean;
  readonly imports: NonNullable<ModuleMetadata['imports']>;
}

/** @throws {LoggingError} `ERR_LOGGING_OPTIONS` that names the option and what it should be. */
export function resolveOptions(options: LoggingModuleOptions): ResolvedLoggingOptions {
  const { http, requestId, ...rest } = checkOptions('LoggingModule', optionsSchema(), options);
  return {
    ...rest,
    requestId: resolveRequestId(requestId),
    http: checkOptions(
      'LoggingModule.http',
      httpLogSchema,
      http === false ? { enabled: false, responseHeader: false } : (http ?? {}),
    ),
  };
}

const PROVIDED: readonly string[] = [
  'http',
  'requestId',
  'messages',
  'context',
  'env',
  'repeatTracebacks',
] satisfies ProvidedOption[];

/**
 * Splits what a provider returned into the configuration and the options.
 *
 * @param declared The options of `forRootAsync`; those that the provider gives replace them.
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
 */
export function splitProvided(
  provided: ProvidedLogging,
  declared: ResolvedLoggingOptions,
): { readonly config: LoggingConfig | undefined; readonly options: ResolvedLoggingOptions } {
  if (typeof provided !== 'object' || provided === null) return { config: provided, options: declared };
  const names = Object.keys(optionsSchema().entries).filter((name) => Object.hasOwn(provided, name));
  if (names.length === 0) return { config: provided as LoggingConfig, options: declared };
  const late = names.filter((name) => !PROVIDED.includes(name));
  if (late.length > 0) {
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      `LoggingModule.forRootAsync: ${late.join(', ')} came with the configuration, which is too late; give it to ` +
        'forRootAsync itself, beside useFactory, useClass or useExisting',
    );
  }
  // Symbols stay: one of them has the files the configuration came from.
  const config: object = { ...provided };
  for (const name of names) Reflect.deleteProperty(config, name);
  const given = Object.fromEntries(names.map((name) => [name, provided[name as ProvidedOption]]));
  const resolved = resolveOptions(given);
  const chosen = Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, resolved[name as ProvidedOption]]),
  );
  return {
    config: Object.keys(config).length === 0 ? undefined : (config as LoggingConfig),
    options: { ...declared, ...chosen },
  };
}

/** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for keys that `forRootAsync` does not have, with all that it has. */
export function refuseUnknownAsyncKeys(options: object): void {
  const own = ['imports', 'inject', 'providers', 'useFactory', 'useClass', 'useExisting'];
  const known = [...own, ...Object.keys(optionsSchema().entries).filter((name) => !own.includes(name))];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `LoggingModule.forRootAsync: unknown ${unknown.map((name) => `"${name}"`).join(', ')}; it takes ${known.join(', ')}`,
  );
}

/**
 * Refuses options where the configuration belongs: the first argument of `forRoot`.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
 */
export function refuseMisplacedOptions(config: unknown): void {
  if (typeof config !== 'object' || config === null || Object.hasOwn(config, 'version')) return;
  const misplaced = Object.keys(optionsSchema().entries).filter((name) => Object.hasOwn(config, name));
  if (misplaced.length === 0) return;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `LoggingModule.forRoot: ${misplaced.join(', ')} in the first argument, which is the configuration; options are ` +
      `the second: forRoot(undefined, { ${misplaced.map((name) => `${name}: …`).join(', ')} }) has the default configuration`,
  );
}
