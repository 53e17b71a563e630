/** Each thing that the module does to an application, alone: it is there, and it is gone when it is undone. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Logger as NestCommonLogger,
  type OnModuleInit,
} from '@nestjs/common';
import {
  type AbstractHttpAdapter,
  ApplicationConfig,
  ExternalContextCreator,
  HttpAdapterHost,
  ModulesContainer,
  NestFactory,
} from '@nestjs/core';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { Interval, ScheduleModule } from '@nestjs/schedule';
import { type InstrumentedApplication, instrumentations } from '../../lib/nest/module/instrumentations.js';
import { LoggingInterceptor } from '../../lib/nest/module/logging.interceptor.js';
import { resolveOptions } from '../../lib/nest/module/logging-options.js';
import { loggedModule } from '../e2e/support/logged-module.js';
import { platforms } from '../e2e/support/platforms.js';
import { Recorder } from '../e2e/support/recorder.js';
import { changes, snapshot } from '../support/application-snapshot.js';

@Injectable()
class Worker implements OnModuleInit {
  onModuleInit(): void {}
  @Interval('often', 100_000)
  work(): void {}
  @OnEvent('cat')
  heard(): void {}
}

@Controller('cats')
class CatsController {
  @Get()
  list(): string {
    return 'Tom';
  }
  @MessagePattern('cats.count')
  count(): number {
    return 1;
  }
}

/** Everything that can be done is asked for. */
const options = { http: { tuning: true, interceptor: true } } as const;

/** An application that is put together, and not initialised. */
async function putTogether(
  adapter: AbstractHttpAdapter,
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
): Promise<{ app: INestApplication; App: object }> {
  class App {}
  Module({
    imports: [...imports, ScheduleModule.forRoot(), EventEmitterModule.forRoot()],
    controllers: [CatsController],
    providers: [Worker],
  })(App);
  const app = await NestFactory.create(App, adapter, { logger: ['fatal'] });
  // Nest keeps no calls: to hand them on changes nothing.
  NestCommonLogger.flush();
  app.useWebSocketAdapter(new WsAdapter(app));
  app.connectMicroservice({ transport: Transport.TCP, options: { port: 0, host: '127.0.0.1' } });
  return { app, App };
}

describe.each(platforms)('on $name', ({ createAdapter }) => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    jest.restoreAllMocks();
    await app?.close();
    app = undefined;
    NestCommonLogger.overrideLogger(['fatal']);
  });

  it.each(instrumentations.map((one) => [one.name, one] as const))(
    '%s: installed, and undone',
    async (_, one) => {
      const made = await make(createAdapter());
      app = made.app;
      const look = () => snapshot(made.app, [CatsController, Worker]);
      const before = look();
      expect(one.isWanted?.(made.application) ?? true).toBe(true);
      const undo = one.install(made.application);
      expect(changes(before, look())).not.toEqual([]);
      undo();
      expect(changes(before, look())).toEqual([]);
      undo();
      expect(changes(before, look())).toEqual([]);
    },
  );

  it('installs each of them once, and undoes each once when the application closes', async () => {
    const undone = watchUndos();
    const recorder = new Recorder();
    ({ app } = await putTogether(createAdapter(), [loggedModule(recorder, options)]));
    await app.init();
    expect(undone()).toEqual(Object.fromEntries(instrumentations.map(({ name }) => [name, 0])));
    await app.close();
    expect(undone()).toEqual(Object.fromEntries(instrumentations.map(({ name }) => [name, 1])));
    await app.close();
    expect(undone()).toEqual(Object.fromEntries(instrumentations.map(({ name }) => [name, 1])));
  });

  it('undoes those that were installed when the application cannot start', async () => {
    const undone = watchUndos();
    @Injectable()
    class Broken {
      constructor() {
        throw new Error('no');
      }
    }
    class App {}
    const recorder = new Recorder();
    Module({ imports: [loggedModule(recorder, options)], providers: [Broken] })(App);
    const failing = NestFactory.create(App, createAdapter(), { logger: ['fatal'], abortOnError: false });
    await expect(failing).rejects.toThrow('no');
    const early = instrumentations.filter(({ stage }) => stage === 'modules');
    await until(
      () => Object.keys(undone()).length === early.length && Object.values(undone()).every(Boolean),
    );
    expect(undone()).toEqual(Object.fromEntries(early.map(({ name }) => [name, 1])));
  });

  async function make(adapter: AbstractHttpAdapter) {
    const { app, App } = await putTogether(adapter, []);
    const application: InstrumentedApplication = {
      modules: app.get(ModulesContainer),
      config: app.get(ApplicationConfig),
      host: app.get(HttpAdapterHost),
      creator: app.get(ExternalContextCreator),
      options: resolveOptions(options),
      interceptor: new LoggingInterceptor(),
      owner: App,
      isMicroservice: false,
      end: () => {},
    };
    return { app, application };
  }
});

/** How often each was undone; those that were not installed are not there. */
function watchUndos(): () => Record<string, number> {
  const times: Record<string, number> = {};
  for (const one of instrumentations) {
    const { install } = one;
    jest.spyOn(one as { install: typeof install }, 'install').mockImplementation((application) => {
      expect(times).not.toHaveProperty([one.name]);
      times[one.name] = 0;
      const undo = install(application);
      return () => {
        times[one.name] = (times[one.name] as number) + 1;
        undo();
      };
    });
  }
  return () => times;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
