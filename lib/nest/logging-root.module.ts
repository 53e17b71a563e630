import {
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import {
  type AbstractHttpAdapter,
  ApplicationConfig,
  ExternalContextCreator,
  HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import { installContextProvider, installTracing } from '../context/context-provider.js';
import { readDeclared } from './application-config.js';
import { endBoot, isUp, undoIfBootFails } from './boot.js';
import { watchBootHooks } from './boot-hooks.js';
import { ComponentFrame } from './container-components.js';
import { exceptionFilter, watchHandlers } from './handler-filters.js';
import { tellEnded } from './http/ended-requests.js';
import { mountRequestLog, prepareServer } from './http/platform-edge.js';
import { noteRoutedHandlers } from './http/routed-handlers.js';
import { LaterNames } from './later-names.js';
import { hasLiveApplications, leave } from './live-logging.js';
import { LoggingInterceptor } from './logging.interceptor.js';
import { ROOT_LOGGING, STANDING_LOGGING } from './logging.tokens.js';
import { standUp } from './logging-configurator.js';
import { LoggingExceptionFilter } from './logging-exception.filter.js';
import { LoggingHealthIndicator } from './logging-health.indicator.js';
import type { ResolvedLoggingOptions } from './logging-options.js';
import { LoggingStats } from './logging-stats.provider.js';
import { watchResolvers } from './messages/graphql-edge.js';
import { watchJobs } from './messages/jobs-edge.js';
import { watchRpcServers } from './messages/rpc-edge.js';
import { watchGateways } from './messages/ws-edge.js';
import { NestLogger } from './nest-logger.adapter.js';
import { uninstallNestLogger } from './nest-logger-installation.js';
import { RouteObserver } from './route-observer.guard.js';
import type { StandingLogging } from './standing-logging.js';

/**
 * Owns providers, mounting and lifecycle for one application, however often `LoggingModule` is imported. Internal.
 */
@Module({
  providers: [
    ComponentFrame,
    NestLogger,
    LoggingInterceptor,
    LoggingExceptionFilter,
    LoggingStats,
    LoggingHealthIndicator,
    {
      provide: STANDING_LOGGING,
      useFactory: configure,
      inject: [ModulesContainer, ComponentFrame, HttpAdapterHost],
    },
    { provide: ROOT_LOGGING, useExisting: STANDING_LOGGING },
  ],
  exports: [
    ComponentFrame,
    NestLogger,
    LoggingInterceptor,
    LoggingExceptionFilter,
    LoggingStats,
    LoggingHealthIndicator,
    STANDING_LOGGING,
    ROOT_LOGGING,
  ],
})
export class LoggingRootModule implements NestModule, OnModuleInit, OnApplicationShutdown {
  readonly #options: ResolvedLoggingOptions;
  readonly #laterNames: LaterNames;
  readonly #removeContext: () => void;
  #isMicroservice = false;
  readonly #stopWatching: (() => void) | undefined;

  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ExternalContextCreator) creator: ExternalContextCreator,
    @Inject(LoggingInterceptor) private readonly interceptor: LoggingInterceptor,
  ) {
    const { options } = readDeclared(modules);
    this.#options = options;
    this.#laterNames = new LaterNames(modules);
    this.#standFirst();
    undoIfBootFails(modules, () => {
      if (!isMade(host)) void this.#end();
    });
    this.#removeContext = options.context ? installContextProvider() : installTracing();
    watchHandlers(modules, options.http.exceptionFilter, options.messages);
    modules.getRpcTargetRegistry().subscribe(() => {
      this.#isMicroservice = true;
      isUp(modules);
    });
    if (options.messages) this.#stopWatching = this.#watchMessages(creator);
    if (!this.#followsRequests()) return;
    const mount = (): void => {
      if (isAdapter(host.httpAdapter)) mountRequestLog(host.httpAdapter, options.http, options.context);
    };
    // In tests the platform is chosen after the modules are made.
    if (isAdapter(host.httpAdapter)) mount();
    else host.init$.subscribe(mount);
  }

  /**
   * The last moment before routes are made, and the first at which every guard and filter of the application is known:
   * ours go where they see most.
   */
  configure(_consumer: MiddlewareConsumer): void {
    const { http } = this.#options;
    const { httpAdapter } = this.host;
    if (this.#followsRequests() && isAdapter(httpAdapter)) {
      prepareServer(httpAdapter, http);
      if (!noteRoutedHandlers(httpAdapter, this.modules, this.config))
        this.config.getGlobalGuards().unshift(new RouteObserver());
    }
    if (http.interceptor) this.config.getGlobalInterceptors().unshift(this.interceptor);
    if (http.exceptionFilter) this.config.addGlobalFilter(exceptionFilter);
  }

  /** Before other modules look for what they are to run. */
  onModuleInit(): void {
    isUp(this.modules);
    // A context without server is initialised before anybody has it: nobody can close it if that fails.
    watchBootHooks(this.modules, () => {
      if (!isAdapter(this.host.httpAdapter) && !this.#isMicroservice) void this.#end();
    });
    if (this.#options.messages) watchJobs(this.modules, this.#options.context);
  }

  /** Runs after the hooks of all other modules, which may have had last words. */
  async onApplicationShutdown(): Promise<void> {
    await this.#end();
  }

  #followsRequests(): boolean {
    const { http, context } = this.#options;
    return http.enabled || http.exceptionFilter || context;
  }

  async #end(): Promise<void> {
    tellEnded();
    this.#laterNames.stop();
    await leave(this.modules);
    this.#stopWatching?.();
    this.#removeContext();
    if (!hasLiveApplications()) uninstallNestLogger();
  }

  #watchMessages(creator: ExternalContextCreator): () => void {
    const { context } = this.#options;
    watchGateways(this.config, this.modules, context);
    watchResolvers(creator, context);
    return watchRpcServers(this.modules, context);
  }

  /** Hooks go by distance from the root module: the farthest starts first and ends last. */
  #standFirst(): void {
    for (const module of this.modules.values()) {
      if (module.metatype === LoggingRootModule) module.distance = Number.POSITIVE_INFINITY;
    }
  }
}

async function configure(
  modules: ModulesContainer,
  frame: ComponentFrame,
  host: HttpAdapterHost,
): Promise<StandingLogging> {
  const standing = await standUp(modules, frame);
  undoIfBootFails(modules, () => {
    if (!isMade(host)) void leave(modules);
  });
  endBoot();
  return standing;
}

/** Whether Nest has made the application itself: then whoever started it can close it, whatever fails from here on. */
function isMade({ httpAdapter }: HttpAdapterHost): boolean {
  return isAdapter(httpAdapter) && httpAdapter.getHttpServer() !== undefined;
}

function isAdapter(adapter: unknown): adapter is AbstractHttpAdapter {
  return typeof (adapter as { getType?: unknown } | undefined)?.getType === 'function';
}
