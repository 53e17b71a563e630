// biome-ignore-all lint/complexity/noStaticOnlyClass: Nest's modules are classes
import { type DynamicModule, type InjectionToken, Module, type Provider, Scope } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import { LoggingError } from '../../core/errors.js';
import { ComponentFrame } from '../components/container-components.js';
import { whenTakenIn } from '../internals/nest-modules.js';
import { bufferForBoot } from '../lifecycle/active-logging.js';
import { beginBoot } from '../lifecycle/boot.js';
import { addFeature } from '../lifecycle/logging-configurator.js';
import { timeBufferedCalls } from '../nest-logger/nest-log-buffer.js';
import { installNestLogger } from '../nest-logger/nest-logger-installation.js';
import { defaultLoggingConfig } from './default-config.js';
import { injectedNames } from './injected-names.js';
import {
  ACTIVE_LOGGING,
  COMPONENT_OPTIONS,
  getComponentToken,
  LOGGER_HOST,
  LOGGING_CONFIG,
  LOGGING_DECLARATION,
  ROOT_LOGGING,
} from './logging.tokens.js';
import type { LoggingDeclaration } from './logging-declaration.js';
import {
  type LoggingConfigFactory,
  type LoggingFeature,
  type LoggingModuleAsyncOptions,
  type LoggingModuleOptions,
  refuseMisplacedOptions,
  refuseUnknownAsyncKeys,
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
  static readonly [LOGGER_HOST] = true;

  /**
   * Configures logging for the application.
   *
   * @param config What `dictConfig` takes; left out: coloured lines on a terminal, JSON elsewhere, from INFO.
   * @param options What only Nest knows.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not exist, do not fit, or come first.
   */
  static forRoot(config?: LoggingConfig, options: LoggingModuleOptions = {}): DynamicModule {
    refuseMisplacedOptions(config);
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
   * One from `loadLoggingConfig` with `watch` follows its files until the application closes. Handlers, formatters and
   * filters whose entries are unchanged are kept, the container creates the others; errors are reported on
   * standard error, and the active configuration stays.
   *
   * What the provider returns may have options next to the keys of the configuration, those of {@link ProvidedOption};
   * they replace the ones given here.
   *
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for a key that there is not, or unless exactly one of `useFactory`,
   * `useClass` and `useExisting` is given.
   */
  static forRootAsync(options: LoggingModuleAsyncOptions): DynamicModule {
    refuseUnknownAsyncKeys(options);
    const { inject, providers = [], useFactory, useClass, useExisting, ...rest } = options;
    const resolved = resolveOptions(rest);
    return declare(
      { kind: 'root', options: resolved, config: undefined, isAsync: true },
      [...providers, ...asyncConfigProviders({ inject, useFactory, useClass, useExisting })],
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
    return declare({ kind: 'feature', feature: entries }, [JOINING_PROVIDER], imports, false);
  }
}

/** A module with all its providers; the root module behind it is the same for all. */
function declare(
  declaration: LoggingDeclaration,
  own: readonly Provider[],
  imports: NonNullable<DynamicModule['imports']>,
  isGlobal: boolean,
): DynamicModule {
  bufferForBoot();
  timeBufferedCalls();
  const { components } = injectedNames;
  return {
    module: LoggingModule,
    global: isGlobal,
    imports: [whenTakenIn(LoggingRootModule, () => begin(declaration)), ...imports],
    // Read when an application is put together: by then every file that injects something has been loaded.
    get providers() {
      return [
        ...own,
        { provide: LOGGING_DECLARATION, useValue: declaration },
        COMPONENT_OPTIONS_PROVIDER,
        ...components.providers,
      ];
    },
    get exports() {
      return [LoggingRootModule, ...components.tokens];
    },
  };
}

/** A feature module may be loaded when the configuration is already active. Its injections wait for its own part. */
const JOINING_PROVIDER: Provider = {
  provide: ACTIVE_LOGGING,
  useFactory: addFeature,
  inject: [ROOT_LOGGING, LOGGING_DECLARATION, ModulesContainer, ComponentFrame],
};

/** Each injection gets the options of the component that is being made at that moment. */
const COMPONENT_OPTIONS_PROVIDER: Provider = {
  provide: COMPONENT_OPTIONS,
  scope: Scope.TRANSIENT,
  useFactory: (frame: ComponentFrame) => frame.options,
  inject: [ComponentFrame],
};

/** Called when an application takes the module in. From here on, records are buffered until its configuration is active. */
function begin(declaration: LoggingDeclaration): void {
  beginBoot(declaration);
  if (declaration.kind === 'root' && declaration.options.replaceNestLogger) installNestLogger();
}

/** Makes the components of a configuration known, so that they can be injected under their tokens. */
function nameComponents(
  config: Pick<LoggingConfig, 'handlers' | 'formatters' | 'filters'> | undefined,
): void {
  const known = config ?? defaultLoggingConfig();
  for (const name of Object.keys(known.handlers ?? {})) getComponentToken('handler', name);
  for (const name of Object.keys(known.formatters ?? {})) getComponentToken('formatter', name);
  for (const name of Object.keys(known.filters ?? {})) getComponentToken('filter', name);
}

function asyncConfigProviders(options: LoggingModuleAsyncOptions): Provider[] {
  const { useFactory, useClass, useExisting } = options;
  if ([useFactory, useClass, useExisting].filter((way) => way !== undefined).length !== 1) {
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      'LoggingModule.forRootAsync: give one of useFactory, useClass and useExisting',
    );
  }
  if (useFactory !== undefined)
    return [{ provide: LOGGING_CONFIG, useFactory, inject: options.inject ?? [] }];
  const factory = (useClass ?? useExisting) as InjectionToken;
  const provider: Provider = {
    provide: LOGGING_CONFIG,
    useFactory: (source: LoggingConfigFactory) => source.createLoggingConfig(),
    inject: [factory],
  };
  return useClass === undefined ? [provider] : [useClass, provider];
}
