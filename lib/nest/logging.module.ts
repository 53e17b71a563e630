import { type DynamicModule, forwardRef, Module, type Provider } from '@nestjs/common';
import type { LoggingConfig } from '../config/logging-config.js';
import { LoggingError } from '../core/errors.js';
import { ComponentFrame } from './container-components.js';
import { holdRecords } from './held-records.js';
import { injectedNames } from './injected-names.js';
import { COMPONENT_OPTIONS, getComponentToken, LOGGING_CONFIG, LOGGING_DECLARATION } from './logging.tokens.js';
import type { LoggingDeclaration } from './logging-declaration.js';
import {
  type LoggingConfigFactory,
  type LoggingFeature,
  type LoggingModuleAsyncOptions,
  type LoggingModuleOptions,
  resolveOptions,
} from './logging-options.js';
import { LoggingRootModule } from './logging-root.module.js';

/**
 * Logging for an application: import `LoggingModule.forRoot(…)` once, inject loggers with `@Logger('name')` anywhere.
 *
 * @example
 * \@Module({ imports: [LoggingModule.forRoot()] })
 * export class AppModule {}
 */
@Module({ providers: injectedNames.loggers.providers, exports: injectedNames.loggers.tokens })
export class LoggingModule {
  /**
   * Configures logging for the application.
   *
   * @param config What `dictConfig` takes; left out: coloured lines on a terminal, JSON elsewhere, from INFO.
   * @param options What only Nest knows.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not exist or do not fit.
   */
  static forRoot(config?: LoggingConfig, options: LoggingModuleOptions = {}): DynamicModule {
    const resolved = resolveOptions(options);
    nameComponents(config);
    return declare(
      { kind: 'root', options: resolved, config, isAsync: false },
      [{ provide: LOGGING_CONFIG, useValue: config }],
      resolved.imports,
      resolved.isGlobal,
    );
  }

  /**
   * Configures logging with a configuration that comes from a provider: from a ConfigService, a secret store, a file.
   *
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` unless exactly one of `useFactory`, `useClass` and `useExisting` is given.
   */
  static forRootAsync(options: LoggingModuleAsyncOptions): DynamicModule {
    const { inject, useFactory, useClass, useExisting, ...rest } = options;
    const resolved = resolveOptions(rest);
    return declare(
      { kind: 'root', options: resolved, config: undefined, isAsync: true },
      asyncConfigProviders({ inject, useFactory, useClass, useExisting }),
      resolved.imports,
      resolved.isGlobal,
    );
  }

  /**
   * Adds handlers, formatters, filters and loggers to the application's configuration, from the module they belong to.
   *
   * An entry that exists already refuses the whole configuration when the application starts.
   */
  static forFeature(feature: LoggingFeature): DynamicModule {
    const { imports = [], ...entries } = feature;
    nameComponents(entries);
    return declare({ kind: 'feature', feature: entries }, [], imports, false);
  }
}

/** A module with all that injects into it; the root module, behind it, is the same for all. */
function declare(
  declaration: LoggingDeclaration,
  providers: readonly Provider[],
  imports: NonNullable<DynamicModule['imports']>,
  isGlobal: boolean,
): DynamicModule {
  holdRecords();
  const { components } = injectedNames;
  return {
    module: LoggingModule,
    global: isGlobal,
    imports: [forwardRef(takeIn), ...imports],
    providers: liveConcat(components.providers, [
      { provide: LOGGING_DECLARATION, useValue: declaration },
      componentOptionsProvider,
      ...providers,
    ]),
    exports: liveConcat<NonNullable<DynamicModule['exports']>[number]>(components.tokens, [LoggingRootModule]),
  };
}
