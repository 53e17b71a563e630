/** What leans on Nest's inside is there on this line of Nest; what is missing is reported, once, and nothing is thrown. */
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  ForbiddenException,
  Get,
  type INestApplication,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
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
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Interval, ScheduleModule } from '@nestjs/schedule';
import { of } from 'rxjs';
import { checkNest, type NestUnderCheck, nest } from '../../lib/nest/internals/check-nest.js';
import {
  checkExceptionObservers,
  exceptionObserver,
  isObservedAndAnsweredByNext,
} from '../../lib/nest/internals/exception-observer.js';
import {
  expectInternal,
  type InternalName,
  internalNames,
  missingInternals,
} from '../../lib/nest/internals/expected-internals.js';
import { explorersIn } from '../../lib/nest/internals/explorers.js';
import { whenTakenIn } from '../../lib/nest/internals/nest-modules.js';
import { claimBoot, endBoot } from '../../lib/nest/lifecycle/boot.js';
import { watchResolvers } from '../../lib/nest/messages/graphql-instrumentation.js';
import { watchJobs } from '../../lib/nest/messages/jobs-instrumentation.js';
import { watchRpcServers } from '../../lib/nest/messages/rpc-instrumentation.js';
import { LOGGING_DECLARATION } from '../../lib/nest/module/logging.tokens.js';
import { resolveOptions } from '../../lib/nest/module/logging-options.js';
import { mountRequestLog } from '../../lib/nest/requests/platform-instrumentation.js';
import { RequestIds } from '../../lib/nest/requests/request-id.js';
import { checkRoutedHandlers, noteRoutedHandlers } from '../../lib/nest/requests/routed-handlers.js';
import { HandlerNames } from '../../lib/nest/work/handler-names.js';
import { loggedModule } from '../e2e/support/logged-module.js';
import { platforms } from '../e2e/support/platforms.js';
import { Recorder } from '../e2e/support/recorder.js';
import { bodyOf, exchange } from '../e2e/support/wire.js';
import { collectStderr } from '../support/stderr-collector.js';

@Injectable()
class Worker {
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

const addressOf = (app: INestApplication): number => (app.getHttpServer().address() as AddressInfo).port;

describe.each(platforms)('this line of Nest, on $name', ({ createAdapter }) => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('has everything', async () => {
    const stderr = collectStderr();
    try {
      class App {}
      Module({
        imports: [loggedModule(new Recorder()), ScheduleModule.forRoot(), EventEmitterModule.forRoot()],
        controllers: [CatsController],
        providers: [Worker],
      })(App);
      app = await NestFactory.create(App, createAdapter());
      app.connectMicroservice({ transport: Transport.TCP, options: { port: 0, host: '127.0.0.1' } });
      await app.startAllMicroservices();
      await app.listen(0, '127.0.0.1');
      expect(bodyOf(await exchange(addressOf(app), { path: '/cats' }))).toBe('Tom');
    } finally {
      stderr.stop();
    }
    expect(missingInternals()).toEqual([]);
    expect(stderr.text).not.toMatch(/this version of/);
  });

  it('asks a filter that only sees, where it calls resolvers and the like', async () => {
    class App {}
    Module({})(App);
    app = await NestFactory.create(App, createAdapter(), { logger: false });
    expect(await isObservedAndAnsweredByNext(app.get(ExternalContextCreator))).toBe(true);
  });

  it('asks a filter that only sees, and has the next one answer', async () => {
    const seen: unknown[] = [];
    @Catch(exceptionObserver((exception) => seen.push(exception)))
    class Seeing implements ExceptionFilter {
      catch(): never {
        throw new Error('was taken');
      }
    }
    @Catch(ForbiddenException)
    class Answering implements ExceptionFilter {
      constructor(private readonly host: HttpAdapterHost) {}
      catch(_: unknown, host: ArgumentsHost): void {
        this.host.httpAdapter.reply(host.switchToHttp().getResponse(), 'answered', 418);
      }
    }
    class Guard implements CanActivate {
      canActivate(): boolean {
        return false;
      }
    }
    @Controller()
    class Failing {
      @Get('answered')
      answered(): never {
        throw new ForbiddenException();
      }
      @Get('refused')
      @UseGuards(Guard)
      refused(): void {}
      @Get('left')
      left(): never {
        throw new Error('left to Nest');
      }
    }
    Reflect.decorate([Reflect.metadata('design:paramtypes', [HttpAdapterHost]) as ClassDecorator], Answering);
    UseFilters(Answering, Seeing)(Failing);
    class App {}
    Module({ controllers: [Failing], providers: [Answering] })(App);
    app = await NestFactory.create(App, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const ask = async (path: string) =>
      (await exchange(addressOf(app as INestApplication), { path })).toString();
    expect(await ask('/answered')).toMatch(/^HTTP\/1.1 418 .*answered/s);
    expect(await ask('/refused')).toMatch(/^HTTP\/1.1 418 .*answered/s);
    expect(await ask('/left')).toMatch(/^HTTP\/1.1 500 .*Internal server error/s);
    expect(seen.map(String)).toEqual([
      'ForbiddenException: Forbidden',
      'ForbiddenException: Forbidden resource',
      'Error: left to Nest',
    ]);
  });
});

describe('a module that says when it is taken in', () => {
  it('has the id that earlier versions of Nest 11 keep on what they are given, a reference or its class', () => {
    class Taken {}
    const id = Symbol('id');
    let count = 0;
    const reference = whenTakenIn(Taken, () => {
      count += 1;
    }) as unknown as { forwardRef(): unknown; [id]?: string };
    reference[id] = 'a';
    expect(Reflect.get(Taken, id)).toBe('a');
    expect(
      Reflect.get(
        whenTakenIn(Taken, () => {}),
        id,
      ),
    ).toBe('a');
    expect(Object.hasOwn(Taken, 'forwardRef')).toBe(false);
    expect([reference.forwardRef(), count]).toEqual([Taken, 1]);
  });
});

describe('two request logs on one adapter', () => {
  it.each([0, 1, 2])(
    'let every request through, with a hook of the application set after %i of them',
    async (when) => {
      const adapter = new FastifyAdapter();
      let asked = 0;
      const setHook = (mounted: number) => {
        if (mounted !== when) return;
        adapter.setOnRequestHook((_request: unknown, _reply: unknown, done: () => void) => {
          asked += 1;
          done();
        });
      };
      const { http, requestId } = resolveOptions({});
      const application = { adapter, config: new ApplicationConfig(), modules: new ModulesContainer() };
      const mount = () => mountRequestLog(application, http, new RequestIds(requestId), false);
      setHook(0);
      const undoFirst = mount();
      setHook(1);
      const undoSecond = mount();
      setHook(2);
      const server = adapter.getInstance();
      server.get('/tea', async () => 'tea');
      const statuses = async () => (await server.inject('/tea')).statusCode;
      expect([await statuses(), asked]).toEqual([200, 1]);
      undoSecond();
      expect([await statuses(), asked]).toEqual([200, 2]);
      undoFirst();
      expect([await statuses(), asked]).toEqual([200, 3]);
      await server.close();
    },
  );
});

describe('what is missing', () => {
  const loaded = { settlementSignal: { asPromise: async () => undefined } };
  const modulesOf = (...providers: readonly { metatype: unknown; instance?: object }[]): ModulesContainer =>
    new Map([
      [
        'module',
        {
          distance: 1,
          providers: new Map([
            ['loaded', loaded],
            ...providers.map((one) => [one.metatype, one] as const),
          ] as never),
          controllers: new Map(),
        },
      ],
    ]) as never;
  const check = (changed: Partial<typeof nest>, application: Partial<NestUnderCheck> = {}): void =>
    checkNest({
      modules: modulesOf(),
      nest: { ...nest, ...changed },
      ...application,
    });
  const none = (() => () => {}) as never;
  const named = (name: string, instance: object) => ({ metatype: { [name]: class {} }[name], instance });
  const logger = (name: string) => ({ logger: { context: name } });
  const wraps = { wrapFunctionInTryCatchBlocks: () => undefined };
  const watch = (name: string, instance: object) => watchJobs(modulesOf(named(name, instance)), false);
  const serve = (server: object): void => {
    watchRpcServers(
      { getRpcTargetRegistry: () => of(server) } as never,
      new RequestIds(resolveOptions({}).requestId),
      false,
    );
  };
  const process = (worker: object | undefined): void => {
    class BullExplorer {
      handleProcessor(): void {}
      handleWorkerEvents(): void {}
    }
    const explorer = new BullExplorer();
    watchJobs(modulesOf({ metatype: BullExplorer, instance: explorer }), false);
    Reflect.apply(explorer.handleProcessor, explorer, [{ _worker: worker }, 'queue']);
  };

  /** For each thing that is leaned on, how it comes to be missed. */
  const cases: { readonly [Name in InternalName]: () => unknown } = {
    injectable: () => check({ Injectable: none }),
    parameterTokens: () =>
      check({
        Inject: ((token: string) =>
          (...at: [object, string, number?]) =>
            at.length === 3 || nest.Inject(token)(...(at as [object, string, number]))) as never,
      }),
    propertyTokens: () =>
      check({
        Inject: ((token: string) =>
          (...at: [object, string, number?]) =>
            at.length === 2 || nest.Inject(token)(...(at as [object, string, number]))) as never,
      }),
    route: () => check({ Get: none }),
    host: () => check({ Controller: none }),
    version: () => check({ Version: none }),
    filters: () => check({ UseFilters: none }),
    guards: () => check({ UseGuards: none }),
    routeArguments: () =>
      check({
        Body: (() => {
          throw new Error('no');
        }) as never,
      }),
    currentLogger: () => check({ Logger: { logBuffer: [] } as never }),
    bufferedCalls: () => check({ Logger: { staticInstanceRef: undefined } as never }),
    failureLogger: () => check({ BaseExceptionFilter: class {} as never }),
    filterChoice: () => checkExceptionObservers({ create: (() => async () => 'not asked') as never }),
    forwardReference: () => {
      const declaration = { kind: 'feature', feature: {} };
      const modules = new Map([
        ['module', { providers: new Map([[LOGGING_DECLARATION, { instance: declaration }]]) }],
      ]);
      claimBoot(modules as never);
      endBoot(modules as never);
    },
    loading: () =>
      check({}, { modules: new Map([['module', { distance: 1, providers: new Map() }]]) as never }),
    distance: () =>
      check({}, { modules: new Map([['module', { providers: new Map([['loaded', loaded]]) }]]) as never }),
    copiedMarks: () => {
      const controllers = new Map([[CatsController, { metatype: CatsController }]]);
      const modules = new Map([['module', { providers: new Map(), controllers }]]) as never;
      const adapter = { get: () => undefined } as unknown as AbstractHttpAdapter & {
        get(path: string, handler: () => void): void;
      };
      const undo = noteRoutedHandlers(adapter, modules, new ApplicationConfig());
      adapter.get('/cats', () => {});
      checkRoutedHandlers(adapter);
      undo?.();
    },
    fastifyHook: () => {
      const server = { prependListener: () => {}, removeListener: () => {} };
      const adapter = { getType: () => 'fastify', getInstance: () => ({ server }) } as never;
      const { http, requestId } = resolveOptions({});
      mountRequestLog(
        { adapter, config: new ApplicationConfig(), modules: modulesOf() },
        http,
        new RequestIds(requestId),
        false,
      )();
    },
    addHandler: () => serve({}),
    unhandled: () => serve({ addHandler: () => {} }),
    rpcPattern: () => new HandlerNames(modulesOf(), 'rpc').find('cats'),
    wsPattern: () => new HandlerNames(modulesOf(), 'ws').find('cats'),
    resolver: () => {
      const creator = { create: () => async () => undefined };
      watchResolvers(creator as never, false);
      const resolve = () => undefined;
      const { create } = creator as unknown as { create(...args: unknown[]): unknown };
      create({ resolve }, resolve, 'resolve', '', {}, undefined, undefined, { filters: true }, 'graphql');
    },
    jobs: () => explorersIn(modulesOf(named('SchedulerMetadataAccessor', {}), named('ScheduleExplorer', {}))),
    jobType: () => {
      const explorer = { ...wraps, ...logger('Scheduler') };
      watch('ScheduleExplorer', explorer);
      Reflect.apply(explorer.wrapFunctionInTryCatchBlocks, explorer, [() => {}, {}]);
    },
    jobLogger: () => watch('ScheduleExplorer', { ...wraps, ...logger('Jobs') }),
    events: () => explorersIn(modulesOf(named('EventsMetadataAccessor', {}))),
    eventListener: () => {
      const loader = { ...wraps, ...logger('Event') };
      watch('EventSubscribersLoader', loader);
      Reflect.apply(loader.wrapFunctionInTryCatchBlocks, loader, [
        { heard: () => {} },
        'heard',
        [],
        undefined,
      ]);
    },
    eventLogger: () => watch('EventSubscribersLoader', { ...wraps, ...logger('Events') }),
    processorWorker: () => process(undefined),
    workerRun: () => process({ emit: () => {} }),
  };

  it('is everything that is leaned on', () => {
    expect(Object.keys(cases).sort()).toEqual([...internalNames].sort());
  });

  it.each(internalNames.map((name) => [name]))('%s is reported, once', async (name) => {
    const before = missingInternals();
    const stderr = collectStderr();
    try {
      cases[name]();
      cases[name]();
      // Nest is asked for its filters, and answers later.
      const deadline = Date.now() + 45_000;
      while (!missingInternals().includes(name) && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5));
      expect(expectInternal(name, false)).toBe(false);
    } finally {
      stderr.stop();
    }
    expect(missingInternals()).toEqual([...before, name]);
    expect(stderr.text.match(/^.*this version of.*$/gm)).toEqual([
      expect.stringMatching(/^nestjs-logging: this version of (@nestjs\/[\w-]+|bullmq) has no .+: .+$/),
    ]);
  });
});
