import {
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, ExternalContextCreator, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ComponentFrame } from '../components/container-components.js';
import { UndoList } from '../instrumentation.js';
import { checkNest, nest } from '../internals/check-nest.js';
import { checkExceptionObservers } from '../internals/exception-observer.js';
import { deactivateFor } from '../lifecycle/active-logging.js';
import type { ActiveLogging } from '../lifecycle/active-logging.provider.js';
import { claimBoot, endBoot, endPreviewBoot, undoIfBootFails, watchLoading } from '../lifecycle/boot.js';
import { activateLogging } from '../lifecycle/logging-configurator.js';
import { NestLogger } from '../nest-logger/nest-logger.adapter.js';
import { logAllUndecided } from '../requests/failures/undecided-failures.js';
import { reportEnded } from '../requests/response/ended-requests.js';
import { checkRoutedHandlers } from '../requests/routed-handlers.js';
import { repeatTracebacks } from '../work/failure-traceback.js';
import { type InstrumentedApplication, instrumentations, type Stage } from './instrumentations.js';
import { LoggingInterceptor } from './logging.interceptor.js';
import { ACTIVE_LOGGING, ROOT_LOGGING } from './logging.tokens.js';
import { LoggingExceptionFilter } from './logging-exception.filter.js';
import { LoggingHealthIndicator } from './logging-health.indicator.js';
import { LoggingStats } from './logging-stats.provider.js';

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
      provide: ACTIVE_LOGGING,
      useFactory: configure,
      inject: [ModulesContainer, ComponentFrame],
    },
    { provide: ROOT_LOGGING, useExisting: ACTIVE_LOGGING },
  ],
  exports: [
    ComponentFrame,
    NestLogger,
    LoggingInterceptor,
    LoggingExceptionFilter,
    LoggingStats,
    LoggingHealthIndicator,
    ACTIVE_LOGGING,
    ROOT_LOGGING,
  ],
})
export class LoggingRootModule implements NestModule, OnModuleInit, OnApplicationShutdown {
  private readonly application: InstrumentedApplication;
  /** Undone when the application has ended, before its handlers close. */
  private readonly undos = new UndoList();
  /** Undone after that: the last records need it. */
  private readonly lastUndos = new UndoList();

  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ExternalContextCreator) creator: ExternalContextCreator,
    @Inject(LoggingInterceptor) interceptor: LoggingInterceptor,
    // The factory that gives the configuration may give options too.
    @Inject(ACTIVE_LOGGING) logging: ActiveLogging,
  ) {
    const { options } = logging.state;
    const end = () => void this.end(false);
    this.application = {
      ...{ modules, config, host, creator, interceptor, options, end },
      owner: LoggingRootModule,
      isMicroservice: false,
    };
    repeatTracebacks(options.repeatTracebacks);
    checkNest({ nest, modules });
    checkExceptionObservers(creator);
    this.install('modules');
    undoIfBootFails(modules, end);
  }

  /** The last moment before routes are made, and the first at which every guard and filter of the application is known. */
  configure(_consumer: MiddlewareConsumer): void {
    // Nest's preview mode calls this without the constructor.
    if ((this.application as InstrumentedApplication | undefined) === undefined) endPreviewBoot();
    else this.install('routes');
  }

  /** Before other modules look for what they are to run. */
  onModuleInit(): void {
    endBoot(this.modules);
    checkRoutedHandlers(this.application.host.httpAdapter);
    this.install('hooks');
  }

  /** Runs after the hooks of all other modules, which may still log. */
  async onApplicationShutdown(): Promise<void> {
    await this.end(true);
  }

  private install(stage: Stage): void {
    for (const one of instrumentations) {
      if (one.stage !== stage || one.isWanted?.(this.application) === false) continue;
      const undos = one.servesLastRecords ? this.lastUndos : this.undos;
      undos.add(one.install(this.application));
    }
  }

  private async end(hasStarted: boolean): Promise<void> {
    reportEnded();
    logAllUndecided();
    this.undos.undo();
    await deactivateFor(this.modules, hasStarted);
    this.lastUndos.undo();
  }
}

async function configure(modules: ModulesContainer, frame: ComponentFrame): Promise<ActiveLogging> {
  claimBoot(modules);
  void watchLoading(modules);
  const logging = await activateLogging(modules, frame);
  undoIfBootFails(modules, () => void deactivateFor(modules, false));
  return logging;
}
