/** What the module changes in objects of others is as it was when the application has closed. */
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  type LoggerService,
  Module,
  Logger as NestCommonLogger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import {
  type AbstractHttpAdapter,
  ApplicationConfig,
  ExternalContextCreator,
  NestFactory,
} from '@nestjs/core';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { Interval, ScheduleModule } from '@nestjs/schedule';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { loggedModule } from '../e2e/support/logged-module.js';
import { platforms } from '../e2e/support/platforms.js';
import { Recorder } from '../e2e/support/recorder.js';
import { bodyOf, exchange } from '../e2e/support/wire.js';
import { changes, snapshot as look, lookAtProcess, type Snapshot } from '../support/application-snapshot.js';

@Injectable()
class Worker implements OnModuleInit, OnApplicationBootstrap {
  onModuleInit(): void {}
  onApplicationBootstrap(): void {}
  @Interval('often', 100_000)
  work(): void {}
  @OnEvent('cat')
  heard(): void {}
}

@Controller('cats')
class CatsController {
  @Get()
  list(): string {
    getLogger('cats').info('listing');
    return 'Tom';
  }
  @MessagePattern('cats.count')
  count(): number {
    return 1;
  }
}

/** The logger that Nest starts with. */
const { staticInstanceRef: firstLogger } = NestCommonLogger as unknown as {
  staticInstanceRef: LoggerService;
};

const snapshot = (app: INestApplication): Snapshot => look(app, [CatsController, Worker]);

/** Applications keep the modules they are made of: what is changed before anybody can look is looked at in a bare one. */
async function make(
  adapter: AbstractHttpAdapter,
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
): Promise<INestApplication> {
  class App {}
  Module({
    imports: [...imports, ScheduleModule.forRoot(), EventEmitterModule.forRoot()],
    controllers: [CatsController],
    providers: [Worker],
  })(App);
  const app = await NestFactory.create(App, adapter, { logger: false });
  app.useWebSocketAdapter(new WsAdapter(app));
  app.connectMicroservice({ transport: Transport.TCP, options: { port: 0, host: '127.0.0.1' } });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return app;
}

const ask = async (app: INestApplication): Promise<string> =>
  bodyOf(await exchange((app.getHttpServer().address() as AddressInfo).port, { path: '/cats' }));

/** Names under which the objects of two applications differ, whoever made them. */
async function usualDifferences(createAdapter: () => AbstractHttpAdapter): Promise<Set<string>> {
  const app = await make(createAdapter(), []);
  const open = snapshot(app);
  await app.close();
  const closed = snapshot(app);
  return new Set(changes(open, closed));
}

/** Own functions of an object and its lists; what is not there in one without the module is ours. */
function additions(bare: Snapshot, logged: Snapshot): string[] {
  return [...logged.keys()].filter((name) => !bare.has(name));
}

const tunings: readonly { title: string; options: LoggingModuleOptions }[] = [
  { title: 'without tuning', options: {} },
  { title: 'with tuning', options: { http: { tuning: true } } },
  { title: 'with interceptor', options: { http: { interceptor: true } } },
];

describe.each(platforms)('an application on $name that has closed', ({ createAdapter }) => {
  const recorder = new Recorder();
  const running: INestApplication[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
    recorder.clear();
  });
  const start = async (options: LoggingModuleOptions = {}, adapter = createAdapter()) => {
    const app = await make(adapter, [loggedModule(recorder, options)]);
    running.push(app);
    return app;
  };

  it.each(tunings)('is as one that never had the module: $title', async ({ options }) => {
    const usual = await usualDifferences(createAdapter);
    const bare = await make(createAdapter(), []);
    await bare.close();
    const expected = snapshot(bare);
    const marksBefore = [...expected].filter(([name]) => /^(method|process|Logger|stdout)/.test(name));

    const app = await start(options);
    const open = snapshot(app);
    expect(await ask(app)).toBe('Tom');
    await app.close();
    const closed = snapshot(app);

    // It had changed something.
    const changed = changes(open, closed).filter((name) => !usual.has(name));
    expect(changed.length).toBeGreaterThan(5);
    expect(additions(expected, closed)).toEqual([]);
    expect(additions(closed, expected)).toEqual([]);
    expect(
      changes(new Map(marksBefore), new Map(marksBefore.map(([name]) => [name, closed.get(name)]))),
    ).toEqual([]);
  });

  it('keeps what others have changed since, and that works', async () => {
    const app = await start({ http: { tuning: true } });
    const adapter = app.getHttpAdapter() as AbstractHttpAdapter & Record<string, unknown>;
    const calls: string[] = [];
    const wrap = (target: Record<string, unknown>, name: string): unknown => {
      const before = target[name] as (...args: unknown[]) => unknown;
      target[name] = function (this: unknown, ...args: unknown[]) {
        calls.push(name);
        return before.apply(this, args);
      };
      return target[name];
    };
    const config = app.get(ApplicationConfig) as unknown as Record<string, unknown>;
    const creator = app.get(ExternalContextCreator) as unknown as Record<string, unknown>;
    const theirs = [
      [adapter, 'get', wrap(adapter, 'get')],
      [config, 'setIoAdapter', wrap(config, 'setIoAdapter')],
      [creator, 'create', wrap(creator, 'create')],
      ...('setOnRequestHook' in adapter
        ? [[adapter, 'setOnRequestHook', wrap(adapter, 'setOnRequestHook')] as const]
        : []),
    ] as const;
    const filters = Reflect.getMetadata('__exceptionFilters__', CatsController.prototype.list) as unknown[];
    class TheirFilter {}
    Reflect.defineMetadata('__exceptionFilters__', [...filters, TheirFilter], CatsController.prototype.list);
    await app.close();

    for (const [target, name, method] of theirs)
      expect((target as Record<string, unknown>)[name]).toBe(method);
    (config as unknown as ApplicationConfig).setIoAdapter(new WsAdapter(app));
    expect(calls).toContain('setIoAdapter');
    // What theirs calls is Nest's own again: this adapter is not followed.
    expect(
      Object.hasOwn((config as unknown as ApplicationConfig).getIoAdapter(), 'bindMessageHandlers'),
    ).toBe(false);
    expect(Reflect.getMetadata('__exceptionFilters__', CatsController.prototype.list)).toEqual([TheirFilter]);
    Reflect.deleteMetadata('__exceptionFilters__', CatsController.prototype.list);
  });

  it('leaves one that runs beside it as it is, whichever closes first', async () => {
    for (const first of [0, 1]) {
      const apps = [await start(), await start({ http: { tuning: true } })] as const;
      const [closing, staying] = [apps[first] as INestApplication, apps[1 - first] as INestApplication];
      await closing.close();
      recorder.clear();
      expect(await ask(staying)).toBe('Tom');
      await recorder.settled('nest.server', 1);
      expect(recorder.of('nest.server')[0]?.extraFields()).toMatchObject({ handler: 'list', bytes: 3 });
      expect(recorder.of('cats')[0]?.extraFields()).toHaveProperty('request_id');
      await staying.close();
    }
    expect(Reflect.getOwnMetadataKeys(CatsController.prototype.list)).not.toContain('__exceptionFilters__');
    expect(Reflect.getOwnMetadataKeys(CatsController.prototype.list)).not.toContain('nestjs-logging:handler');
  });

  it('may be closed twice', async () => {
    const app = await start();
    await app.close();
    const closed = snapshot(app);
    await app.close();
    expect(changes(closed, snapshot(app))).toEqual([]);
  });

  it('has left no trace if it failed to start', async () => {
    // Those that were made without one leave Nest without.
    NestCommonLogger.overrideLogger(firstLogger);
    const before: Snapshot = new Map();
    lookAtProcess(before);
    const keys = Reflect.getOwnMetadataKeys(CatsController.prototype.list);
    @Injectable()
    class Broken {
      constructor() {
        throw new Error('no');
      }
    }
    class App {}
    Module({ imports: [loggedModule(recorder)], controllers: [CatsController], providers: [Broken] })(App);
    const options = { abortOnError: false } as const;
    await expect(NestFactory.create(App, createAdapter(), options)).rejects.toThrow('no');
    const after: Snapshot = new Map();
    lookAtProcess(after);
    expect(changes(before, after)).toEqual([]);
    expect(Reflect.getOwnMetadataKeys(CatsController.prototype.list)).toEqual(keys);
  });
});

describe('an application of Express that two of Nest share', () => {
  const recorder = new Recorder();

  it('is as it was when both have closed, in whichever order', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const express = new ExpressAdapter().getInstance<Record<string, unknown>>();
      const { handle } = express;
      const apps: INestApplication[] = [];
      for (let count = 0; count < 2; count += 1) {
        class App {}
        Module({ imports: [loggedModule(recorder)], controllers: [CatsController] })(App);
        apps.push(await NestFactory.create(App, new ExpressAdapter(express), { logger: false }));
        await apps.at(-1)?.init();
      }
      expect(express.handle).not.toBe(handle);
      for (const index of order) await apps[index]?.close();
      expect(express.handle).toBe(handle);
    }
  });
});
