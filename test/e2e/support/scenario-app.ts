import type { INestApplication } from '@nestjs/common';
import {
  type ArgumentsHost,
  Catch,
  type DynamicModule,
  type ExceptionFilter,
  HttpException,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type Provider,
  Scope,
  UseFilters,
} from '@nestjs/common';
import { type AbstractHttpAdapter, APP_FILTER, BaseExceptionFilter, NestFactory } from '@nestjs/core';
import { LoggingModule } from '../../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../../lib/nest/module/logging-options.js';
import { NestLogger } from '../../../lib/nest/nest-logger/nest-logger.adapter.js';
import type { Recorder } from './recorder.js';
import { scenarioController } from './scenario-controller.js';

interface AnyResponse {
  status(code: number): AnyResponse;
  send(body: unknown): unknown;
}

interface NodeResponse {
  statusCode: number;
  end(text: string): void;
}

@Catch()
class CatchAllFilter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<AnyResponse & NodeResponse>();
    const body = { caught: exception instanceof Error ? exception.message : exception };
    if (typeof response.status === 'function') {
      response.status(418).send(body);
      return;
    }
    // Behind middleware on Fastify there is only Node's own response.
    response.statusCode = 418;
    response.end(JSON.stringify(body));
  }
}

@Catch(HttpException)
class HttpOnlyFilter implements ExceptionFilter<HttpException> {
  catch(exception: HttpException, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<AnyResponse>()
      .status(exception.getStatus())
      .send({ http: exception.message });
  }
}

@Catch()
class ExtendingFilter extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    super.catch(exception, host);
  }
}

@Injectable({ scope: Scope.REQUEST })
@Catch()
class ScopedFilter extends CatchAllFilter {}

@Module({ providers: [{ provide: APP_FILTER, useClass: CatchAllFilter }] })
class CatchAllModule {}

@Module({ providers: [{ provide: APP_FILTER, useClass: HttpOnlyFilter }] })
class HttpOnlyModule {}

@Module({ providers: [{ provide: APP_FILTER, useClass: ExtendingFilter }] })
class ExtendingModule {}

@Module({ providers: [{ provide: APP_FILTER, useClass: ScopedFilter }] })
class ScopedModule {}

/** One way an application answers failures. */
export interface FilterVariant {
  readonly name: string;
  readonly methodFilter?: ExceptionFilter;
  readonly classFilter?: ExceptionFilter;
  readonly importedBefore?: object;
  readonly importedAfter?: object;
  readonly global?: () => ExceptionFilter;
}

/** The ways an application may answer failures. */
export const filterVariants: readonly FilterVariant[] = [
  { name: 'no filter' },
  { name: 'a catch-all on every method', methodFilter: new CatchAllFilter() },
  { name: 'a filter for HttpException on every method', methodFilter: new HttpOnlyFilter() },
  { name: 'a catch-all on the controller', classFilter: new CatchAllFilter() },
  { name: 'a catch-all APP_FILTER imported before', importedBefore: CatchAllModule },
  { name: 'a catch-all APP_FILTER imported after', importedAfter: CatchAllModule },
  { name: 'an APP_FILTER for HttpException', importedAfter: HttpOnlyModule },
  { name: "an APP_FILTER that extends Nest's own", importedBefore: ExtendingModule },
  { name: 'a request-scoped catch-all APP_FILTER', importedAfter: ScopedModule },
  { name: 'a catch-all useGlobalFilters', global: () => new CatchAllFilter() },
  { name: 'useGlobalFilters for HttpException', global: () => new HttpOnlyFilter() },
];

class ThrowingMiddleware implements NestMiddleware {
  use(): void {
    throw new Error('the middleware threw');
  }
}

class RejectingMiddleware implements NestMiddleware {
  async use(): Promise<void> {
    await Promise.resolve();
    throw new Error('the middleware rejected');
  }
}

class AnsweringMiddleware implements NestMiddleware {
  use(_request: unknown, response: NodeResponse): void {
    response.statusCode = 203;
    response.end('middleware');
  }
}

/** How a scenario application is made. */
export interface ScenarioAppOptions {
  readonly adapter: AbstractHttpAdapter;
  readonly variant?: FilterVariant;
  /** Without one, the application is made without the logging module. */
  readonly recorder?: Recorder | undefined;
  readonly logging?: LoggingModuleOptions;
  readonly providers?: Provider[];
  readonly prepare?: (app: INestApplication) => void;
}

/** Starts the application of all scenarios on a port of its own. */
export async function startScenarioApp(
  options: ScenarioAppOptions,
): Promise<{ app: INestApplication; port: number }> {
  const { variant = { name: 'no filter' }, recorder } = options;
  const controller = scenarioController(
    variant.classFilter === undefined ? [] : [UseFilters(variant.classFilter)],
    variant.methodFilter === undefined ? [] : [UseFilters(variant.methodFilter)],
  );
  const imports = [
    variant.importedBefore,
    recorder && loggingModule(recorder, options.logging),
    variant.importedAfter,
  ];

  @Module({
    imports: imports.filter((module) => module !== undefined) as never,
    controllers: [controller],
    providers: options.providers ?? [],
  })
  class ScenarioModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(ThrowingMiddleware).forRoutes('scenarios/middleware-throws');
      consumer.apply(RejectingMiddleware).forRoutes('scenarios/middleware-rejects');
      consumer.apply(AnsweringMiddleware).forRoutes('scenarios/middleware-answers');
    }
  }

  const app = await NestFactory.create(ScenarioModule, options.adapter, {
    logger: false,
    abortOnError: false,
  });
  if (recorder !== undefined) app.useLogger(app.get(NestLogger));
  app.use((request: { url?: string }, _response: unknown, next: () => void) => {
    if (request.url?.includes('fail=app')) throw new Error('the application middleware threw');
    next();
  });
  if (variant.global !== undefined) app.useGlobalFilters(variant.global());
  options.prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer().address() as { port: number }).port };
}

function loggingModule(recorder: Recorder, options: LoggingModuleOptions = {}): DynamicModule {
  return LoggingModule.forRoot(
    {
      version: 1,
      handlers: { recorder: { '()': () => recorder } },
      root: { level: 'DEBUG', handlers: ['recorder'] },
    },
    options,
  );
}
