import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { LoggingConfig } from '../config/plan/logging-config.js';
import type { Handler } from '../core/handler.js';
import { haveAllLoaded, undoBoot } from '../nest/lifecycle/boot.js';
import { LoggingModule } from '../nest/module/logging.module.js';
import { getHandlerToken } from '../nest/module/logging.tokens.js';
import type { LoggingModuleOptions } from '../nest/module/logging-options.js';
import { LogCapture } from './log-capture.js';
import { isolateLogging, type LoggingIsolation } from './logging-isolation.js';

/** Where the module finds what it has to end. */
const ISOLATION: unique symbol = Symbol.for('nestjs-logging.testing.isolation');

/**
 * Logging for `Test.createTestingModule`: a tree of loggers of its own for each testing module, whose records are
 * captured. `moduleRef.close()` brings back what was there before; where `compile()` fails, that happens by itself.
 *
 * @example
 * const moduleRef = await Test.createTestingModule({
 *   imports: [LoggingTestingModule.forRoot()],
 *   providers: [OrdersService],
 * }).compile();
 * moduleRef.get(OrdersService).pay(7);
 * expect(moduleRef.get(LogCapture)).toHaveLogged('INFO', 'order 7 paid');
 * await moduleRef.close();
 */
@Module({})
export class LoggingTestingModule implements OnApplicationShutdown {
  constructor(
    @Inject(ISOLATION) private readonly isolation: LoggingIsolation,
    @Inject(LogCapture) private readonly capture: LogCapture,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    // Hooks go by distance from the root module: the farthest ends last, so that last words are captured.
    for (const module of modules.values()) {
      if (module.metatype === LoggingTestingModule) module.distance = Number.POSITIVE_INFINITY;
    }
    void this.#endUnlessCompiled(modules);
  }

  /**
   * In place of `LoggingModule.forRoot`, for what is tested without its application.
   *
   * @param config What `dictConfig` takes; left out: everything is captured, nothing printed.
   * @param options As for `LoggingModule.forRoot`.
   */
  static forRoot(config: LoggingConfig = SILENT, options: LoggingModuleOptions = {}): DynamicModule {
    return isolated(() => [LoggingModule.forRoot(config, options)]);
  }

  /**
   * Beside an application that has its own `LoggingModule.forRoot`: import it first. Levels and handlers are the
   * application's; {@link overrideHandlers} puts others in their place.
   */
  static alongside(): DynamicModule {
    return isolated(() => []);
  }

  /** Ends capture and isolation. */
  async onApplicationShutdown(): Promise<void> {
    this.capture.stop();
    await this.isolation.restore();
  }

  /** Nobody can close a testing module that could not be compiled. */
  async #endUnlessCompiled(modules: ModulesContainer): Promise<void> {
    if (await haveAllLoaded(modules)) return;
    undoBoot(modules);
    await this.onApplicationShutdown();
  }
}

const SILENT: LoggingConfig = { version: 1, root: { level: 'NOTSET', handlers: [] } };

function isolated(imports: () => DynamicModule[]): DynamicModule {
  // From here on, not from when Nest makes the providers: what is logged while it does is to be captured.
  const isolation = isolateLogging();
  return {
    module: LoggingTestingModule,
    global: true,
    imports: imports(),
    providers: [
      { provide: ISOLATION, useValue: isolation },
      { provide: LogCapture, useValue: new LogCapture({ keepsLevel: true }) },
    ],
    exports: [LogCapture],
  };
}

/** What is used of the builder that `Test.createTestingModule` gives. */
export interface ProviderOverrides {
  /** Replaces a provider. */
  overrideProvider(token: unknown): { useValue(value: unknown): unknown };
}

/**
 * Puts other handlers in the place of those of the configuration.
 *
 * @param builder What `Test.createTestingModule` gives.
 * @param handlers By their keys under `handlers` in the configuration.
 * @returns The builder.
 * @example
 * const audit = new ListHandler();
 * const builder = Test.createTestingModule({ imports: [LoggingTestingModule.alongside(), AppModule] });
 * const moduleRef = await overrideHandlers(builder, { file: new NullHandler(), audit }).compile();
 */
export function overrideHandlers<Builder extends ProviderOverrides>(
  builder: Builder,
  handlers: Readonly<Record<string, Handler>>,
): Builder {
  for (const [name, handler] of Object.entries(handlers))
    builder.overrideProvider(getHandlerToken(name)).useValue(handler);
  return builder;
}
