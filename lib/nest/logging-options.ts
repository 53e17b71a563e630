import type {
  DynamicModule,
  ForwardReference,
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Type,
} from '@nestjs/common';
import * as v from 'valibot';
import type { Environment } from '../config/env-values.js';
import type { LoggingConfig } from '../config/logging-config.js';
import { LoggingError } from '../core/errors.js';
import { checkOptions } from '../core/options.js';
import { lazy } from '../internal/lazy.js';
import { type HttpLogOptions, httpLogSchema } from './http/http-log-options.js';

/** What only Nest knows: the second argument of `LoggingModule.forRoot`. */
export interface LoggingModuleOptions {
  /** Whether every module can inject loggers without importing the module; default true. */
  isGlobal?: boolean | undefined;
  /** The request log; `false`: no access records and no response header. Failures keep their records. */
  http?: HttpLogOptions | false | undefined;
  /**
   * Whether what comes by other ways than HTTP gets records: messages of microservices and gateways, GraphQL operations,
   * jobs of `@nestjs/schedule`, events of `@nestjs/event-emitter`; default true. `false` leaves all of them to Nest.
   */
  messages?: boolean | undefined;
  /** Whether requests and messages run in contexts of their own, with `request_id` on every record; default true. */
  context?: boolean | undefined;
  /**
   * Whether Nest's own loggers go through this package without `app.useLogger(app.get(NestLogger))`; default true.
   * A logger that the application chose itself is left alone.
   */
  replaceNestLogger?: boolean | undefined;
  /**
   * Whether `LOG_LEVEL` and `LOG_LEVELS` set levels over those of the configuration, as `applyEnvironment` does: `true`
   * for the variables of the process, or variables of your own; default false. What `loadLoggingConfig` reads has
   * them already.
   */
  env?: boolean | Environment | undefined;
  /** Modules whose services custom handlers, formatters and filters inject. */
  imports?: ModuleMetadata['imports'] | undefined;
}

/** Gives the configuration; for `useClass` and `useExisting`. */
export interface LoggingConfigFactory {
  /** The configuration, now or later; `undefined` for the default one. */
  createLoggingConfig(): LoggingConfig | undefined | Promise<LoggingConfig | undefined>;
}

/** Gives the configuration, from what is injected. */
export type LoggingConfigFunction = (
  // biome-ignore lint/suspicious/noExplicitAny: what is injected is for the application to type
  ...injected: any[]
) => LoggingConfig | undefined | Promise<LoggingConfig | undefined>;

/** The argument of `LoggingModule.forRootAsync`: one of `useFactory`, `useClass` and `useExisting`. */
export interface LoggingModuleAsyncOptions extends LoggingModuleOptions {
  /** What `useFactory` is called with. */
  inject?: (InjectionToken | OptionalFactoryDependency)[] | undefined;
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
    messages: v.optional(v.boolean(), true),
    context: v.optional(v.boolean(), true),
    replaceNestLogger: v.optional(v.boolean(), true),
    env: v.optional(v.union([v.boolean(), v.record(v.string(), v.optional(v.string()))]), false),
    imports: v.optional(v.array(v.any()), []),
  }),
);

/** Options with every default filled in. */
export interface ResolvedLoggingOptions {
  readonly isGlobal: boolean;
  readonly http: v.InferOutput<typeof httpLogSchema>;
  readonly messages: boolean;
  readonly context: boolean;
  readonly replaceNestLogger: boolean;
  readonly env: boolean | Environment;
  readonly imports: NonNullable<ModuleMetadata['imports']>;
}

/** @throws {LoggingError} `ERR_LOGGING_OPTIONS` that names the option and what it should be. */
export function resolveOptions(options: LoggingModuleOptions): ResolvedLoggingOptions {
  const { http, ...rest } = checkOptions('LoggingModule', optionsSchema(), options);
  return {
    ...rest,
    http: checkOptions(
      'LoggingModule.http',
      httpLogSchema,
      http === false ? { enabled: false, responseHeader: false } : (http ?? {}),
    ),
  };
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
