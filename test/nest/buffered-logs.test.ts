import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, type INestApplicationContext, Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { platforms } from '../e2e/support/platforms.js';
import { pause, Recorder } from '../e2e/support/recorder.js';
import { freePort } from '../support/free-port.js';
import { resetLogging } from '../support/reset-logging.js';

interface BufferingLogger {
  readonly staticInstanceRef: Logger;
  logBuffer: unknown[];
  isBufferAttached: boolean;
}
const nestLogger = Logger as unknown as BufferingLogger;
const { staticInstanceRef } = nestLogger;
const nest = { bufferLogs: true, abortOnError: false } as const;

/** Ways to start an application, each with `bufferLogs`. */
const ways: Record<string, (module: Type | DynamicModule) => Promise<INestApplicationContext>> = {
  'an application of Express': async (module) =>
    NestFactory.create(module, platforms[0]?.createAdapter() as never, nest),
  'an application of Fastify': async (module) =>
    NestFactory.create(module, platforms[1]?.createAdapter() as never, nest),
  'an application that is initialised only': async (module) =>
    (await NestFactory.create(module, nest)).init(),
  'an application context': async (module) => NestFactory.createApplicationContext(module, nest),
  'a microservice': async (module) =>
    NestFactory.createMicroservice<MicroserviceOptions>(module, {
      ...nest,
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: await freePort() },
    }),
  'an application for tests': async (module) => {
    const compiled = await Test.createTestingModule({ imports: [module] }).compile();
    return compiled.createNestApplication(nest).init();
  },
};

describe('bufferLogs', () => {
  const recorder = new Recorder();
  let apps: INestApplicationContext[] = [];

  beforeEach(() => {
    resetLogging();
    recorder.clear();
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    apps = [];
    Logger.flush();
    Logger.overrideLogger(staticInstanceRef);
    resetLogging();
  });

  function module(
    options: LoggingModuleOptions = {},
    providers: DynamicModule['providers'] = [],
  ): DynamicModule {
    const config = {
      version: 1 as const,
      handlers: { recorder: { '()': () => recorder } },
      root: { level: 'DEBUG', handlers: ['recorder'] },
    };
    return { module: class AppModule {}, imports: [LoggingModule.forRoot(config, options)], providers };
  }
  const messages = (records: readonly LogRecord[] = recorder.records) =>
    records.map(({ message }) => message);

  it.each(Object.entries(ways))(
    'prints what is logged before and after the start of %s',
    async (_, start) => {
      const early = {
        provide: 'EARLY',
        useFactory: () => {
          new Logger('Early').log('a provider is made');
          getLogger('shop').info('so it is');
        },
      };
      apps.push(await start(module({}, [early])));
      new Logger('Late').error('it runs');
      getLogger('shop').info('so it does');
      expect(nestLogger.logBuffer).toEqual([]);
      expect(nestLogger.isBufferAttached).toBe(false);
      const own = messages(recorder.records.filter(({ name }) => /Early|Late|shop/.test(name)));
      expect(own).toEqual(['a provider is made', 'so it is', 'it runs', 'so it does']);
    },
  );

  it('has the early messages first, with the time at which they were logged', async () => {
    const before = Date.now() / 1000;
    const slow = pause(120).then(() => ({ module: class SlowModule {} }));
    const declared = module();
    const app = {
      module: class Outer {},
      imports: [
        pause(60)
          .then(() => getLogger('shop').info('between'))
          .then(() => slow),
        declared,
      ],
    };
    apps.push(await NestFactory.createApplicationContext(app as DynamicModule, nest));
    const [first, second] = recorder.records;
    expect([first?.name, first?.message]).toEqual(['nest.NestFactory', 'Starting Nest application...']);
    expect(second?.message).toBe('between');
    expect((first as LogRecord).created - before).toBeLessThan(0.05);
    expect((second as LogRecord).created - (first as LogRecord).created).toBeGreaterThan(0.03);
    const times = recorder.records.map(({ created }) => created);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect((times.at(-1) as number) - (times[0] as number)).toBeGreaterThan(0.1);
  });

  it('lets a text format name context fields of early messages', async () => {
    recorder.setFormatter(new Formatter({ format: '%(request_id)s %(trace_id)s %(message)s' }));
    apps.push(await NestFactory.createApplicationContext(module(), nest));
    expect(recorder.format(recorder.records[0] as LogRecord)).toBe('- - Starting Nest application...');
  });

  it('keeps what came with an early message', async () => {
    const thrown = new Error('no luck');
    const early = {
      provide: 'EARLY',
      useFactory: () => {
        Logger.attachBuffer();
        new Logger('Early').error('failed', thrown);
        Logger.flush();
      },
    };
    apps.push(await NestFactory.createApplicationContext(module({}, [early]), nest));
    expect(recorder.of('nest.Early')).toEqual([
      expect.objectContaining({ message: 'failed', excInfo: thrown }),
    ]);
  });

  it('needs no useLogger, which changes nothing', async () => {
    const app = await NestFactory.create(module(), platforms[0]?.createAdapter() as never, nest);
    apps.push(app);
    const before = recorder.records.length;
    expect(messages()).toContain('Starting Nest application...');
    app.useLogger(app.get(NestLogger));
    app.flushLogs();
    expect(recorder.records).toHaveLength(before);
    new Logger('Svc').log('once');
    expect(messages().filter((message) => message === 'once')).toHaveLength(1);
  });

  it('prints the early messages of a second application too', async () => {
    apps.push(await NestFactory.createApplicationContext(module(), nest));
    recorder.clear();
    apps.push(await NestFactory.createApplicationContext(module(), nest));
    expect(messages()[0]).toBe('Starting Nest application...');
    expect(nestLogger.logBuffer).toEqual([]);
  });

  it('leaves messages to useLogger with replaceNestLogger: false, and keeps their time', async () => {
    const before = Date.now() / 1000;
    const app = await NestFactory.create(
      module({ replaceNestLogger: false }),
      platforms[0]?.createAdapter() as never,
      nest,
    );
    apps.push(app);
    expect(messages()).not.toContain('Starting Nest application...');
    await pause(60);
    app.useLogger(app.get(NestLogger));
    app.flushLogs();
    const start = recorder.records.find(({ message }) => message === 'Starting Nest application...');
    expect((start as LogRecord).created - before).toBeLessThan(0.05);
  });

  it('leaves a logger that the application chose alone', async () => {
    const heard: unknown[] = [];
    const logger = { log: (message: unknown) => heard.push(message), error() {}, warn() {} };
    const app = await NestFactory.create(module(), platforms[0]?.createAdapter() as never, {
      ...nest,
      logger,
    });
    apps.push(app);
    expect(heard).toEqual([]);
    app.flushLogs();
    expect(heard[0]).toBe('Starting Nest application...');
    expect(messages()).not.toContain('Starting Nest application...');
  });
});
