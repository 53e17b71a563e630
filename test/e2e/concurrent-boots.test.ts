import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Injectable,
  Logger as NestCommonLogger,
  type OnModuleInit,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import request from 'supertest';
import { getContext } from '../../lib/context/context.js';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import { releaseEnded } from '../../lib/nest/lifecycle/active-logging.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';

interface Statics {
  staticInstanceRef: NestCommonLogger;
}
const statics = NestCommonLogger as unknown as Statics;
const nestDefault = statics.staticInstanceRef;

beforeEach(() => NestCommonLogger.overrideLogger(nestDefault));
afterEach(() => {
  // What the last one to be closed has set up stays until another application begins.
  releaseEnded();
  expect(getRootLogger().handlers.map(String)).toEqual([]);
  expect(statics.staticInstanceRef === nestDefault).toBe(true);
});

/** Where the one that fails does so. */
const STAGES = ['import', 'provider', 'later provider', 'module', 'onModuleInit', 'listen'] as const;
type Stage = (typeof STAGES)[number];

@Controller('hello')
class HelloController {
  @Get()
  hello() {
    getLogger('shop').info('asked');
    return { hasId: getContext()?.request_id !== undefined };
  }
}

function appWith(recorder: Recorder, stage?: Stage | 'slow'): DynamicModule {
  const name = stage === 'slow' || stage === undefined ? 'healthy' : 'failing';
  @Injectable()
  class Initialised implements OnModuleInit {
    async onModuleInit() {
      await pause(5);
      if (stage === 'onModuleInit') throw new Error('fails in onModuleInit');
    }
  }
  class AppModule {
    constructor() {
      if (stage === 'module') throw new Error('fails in the module');
    }
  }
  const after = async (ms: number) => {
    await pause(ms);
    if (stage === 'provider' || stage === 'later provider') throw new Error('fails in a provider');
    return {};
  };
  return {
    module: AppModule,
    imports: [
      LoggingModule.forRoot({
        version: 1,
        handlers: { [name]: { '()': () => recorder } },
        loggers: { [`only.${name}`]: { level: 'DEBUG', handlers: [name], propagate: false } },
        root: { level: 'INFO', handlers: [name] },
      }),
      ...(stage === 'import' ? [undefined as never] : []),
    ],
    controllers: [HelloController],
    providers: [
      Initialised,
      { provide: 'early', useFactory: () => after(stage === 'later provider' ? 60 : 2) },
      // The healthy one comes up after the other has failed.
      { provide: 'slow', useFactory: () => pause(stage === 'slow' ? 30 : 0) },
    ],
  };
}

/** An application that was made is its owner's to close. */
async function closeOnFailure<App extends { close(): Promise<unknown> }>(
  app: App,
  start: () => Promise<unknown>,
): Promise<App> {
  try {
    await start();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** Somebody else's server: to listen on its port fails. */
const other = createServer();
beforeAll(() => new Promise<void>((listening) => other.listen(0, '127.0.0.1', () => listening())));
afterAll(() => new Promise((closed) => other.close(closed)));

function takenPort(): number {
  return (other.address() as AddressInfo).port;
}

const kinds = [
  ...platforms.map(({ name, createAdapter }) => ({
    name,
    start: async (module: DynamicModule, stage?: Stage) => {
      const app = await NestFactory.create(module, createAdapter(), { abortOnError: false });
      return closeOnFailure(app, () => app.listen(stage === 'listen' ? takenPort() : 0, '127.0.0.1'));
    },
  })),
  {
    name: 'context',
    start: async (module: DynamicModule, stage?: Stage) => {
      const app = await NestFactory.createApplicationContext(module, { abortOnError: false });
      return closeOnFailure(app, async () => {
        if (stage === 'listen') throw new Error('stands for it');
      });
    },
  },
  {
    name: 'microservice',
    start: async (module: DynamicModule, stage?: Stage) => {
      const port = stage === 'listen' ? 1e6 : 0;
      const app = await NestFactory.createMicroservice(module, {
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port },
        abortOnError: false,
      });
      return closeOnFailure(app, () => app.listen());
    },
  },
];

async function startFailing(kind: (typeof kinds)[number], recorder: Recorder, stage: Stage): Promise<void> {
  await expect(kind.start(appWith(recorder, stage), stage)).rejects.toBeDefined();
}

describe.each(kinds)('two applications of Nest ($name) that start at once', (kind) => {
  it.each(STAGES)('and one fails in: %s; the other logs on', async (stage) => {
    const [healthy, failing] = [new Recorder(), new Recorder()];
    const [app] = await Promise.all([
      kind.start(appWith(healthy, 'slow')),
      startFailing(kind, failing, stage),
    ]);
    await pause(20);
    expect(getRootLogger().handlers).toContain(healthy);
    expect(getLogger('only.healthy').level).toBe(10);
    expect(statics.staticInstanceRef).toBeInstanceOf(NestLogger);
    healthy.clear();
    getLogger('only.healthy').debug('on');
    new NestCommonLogger('Ctx').log('of Nest');
    expect(healthy.records.map(({ name }) => name)).toEqual(['only.healthy', 'nest.Ctx']);
    if (kind.name === 'express' || kind.name === 'fastify') {
      const { body } = await request((app as INestApplication).getHttpServer())
        .get('/hello')
        .expect(200);
      await healthy.settled('nest.server', 1);
      expect(body).toEqual({ hasId: true });
      expect(healthy.of('shop')).toHaveLength(1);
      expect(healthy.of('nest.server')).toHaveLength(1);
    }
    await app.close();
  });

  it('and both fail: nothing of them stays', async () => {
    const [one, two] = [new Recorder(), new Recorder()];
    await Promise.all([startFailing(kind, one, 'provider'), startFailing(kind, two, 'later provider')]);
    await pause(30);
    expect(getLogger('only.failing').level).toBe(0);
    const failures = [...one.records, ...two.records].filter(({ name }) => name === 'nest.ExceptionHandler');
    expect(failures.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('may be closed in any order: %d, then %d', async (first, second) => {
    const recorders = [new Recorder(), new Recorder()] as const;
    const apps = await Promise.all(recorders.map((recorder) => kind.start(appWith(recorder))));
    getLogger('x').info('both');
    await apps[first]?.close();
    getLogger('x').info('one');
    expect(recorders.map((recorder) => recorder.of('x').length)).toEqual(first === 0 ? [1, 2] : [2, 1]);
    expect(statics.staticInstanceRef).toBeInstanceOf(NestLogger);
    await apps[second]?.close();
  });
});
