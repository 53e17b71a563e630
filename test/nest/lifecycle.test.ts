import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type BeforeApplicationShutdown,
  ConsoleLogger,
  type DynamicModule,
  Global,
  type INestApplicationContext,
  Injectable,
  Module,
  Logger as NestCommonLogger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { Handler } from '../../lib/core/handler.js';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { releaseEnded } from '../../lib/nest/lifecycle/active-logging.js';
import { Logger } from '../../lib/nest/module/logger.decorator.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';

/** Notes what happens to it. */
class Diary extends Handler {
  readonly entries: string[] = [];
  emit(record: LogRecord): void {
    if (!record.name.startsWith('nest')) this.entries.push(record.getMessage());
  }
  override async flush(): Promise<void> {
    await Promise.resolve();
    this.entries.push('[flush]');
  }
  override close(): void {
    this.entries.push('[close]');
    super.close();
  }
}

@Injectable()
class Talkative
  implements
    OnModuleInit,
    OnApplicationBootstrap,
    OnModuleDestroy,
    BeforeApplicationShutdown,
    OnApplicationShutdown
{
  constructor(@Logger('talk') private readonly logger: Logger) {
    logger.info('made');
  }
  onModuleInit() {
    this.logger.info('init');
  }
  onApplicationBootstrap() {
    this.logger.info('bootstrap');
  }
  onModuleDestroy() {
    this.logger.info('destroy');
  }
  async beforeApplicationShutdown() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.logger.info('before');
  }
  async onApplicationShutdown() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.logger.info('shutdown');
  }
}

@Module({ providers: [Talkative] })
class PlainModule {}

@Global()
@Module({ providers: [Talkative] })
class GlobalModule {}

const life = ['made', 'init', 'bootstrap', 'destroy', 'before', 'shutdown'];

function configFor(diary: Diary): LoggingConfig {
  return {
    version: 1,
    handlers: { diary: { '()': () => diary } },
    root: { level: 'INFO', handlers: ['diary'] },
  };
}

async function start(...imports: object[]): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext({ module: class AppModule {}, imports } as DynamicModule, {
    abortOnError: false,
  });
}

describe('an application', () => {
  afterEach(() => NestCommonLogger.overrideLogger(new ConsoleLogger({ logLevels: ['error'] })));

  it.each([
    ['a module imported before', (logging: DynamicModule) => [PlainModule, logging]],
    ['a module imported after', (logging: DynamicModule) => [logging, PlainModule]],
    ['a global module imported before', (logging: DynamicModule) => [GlobalModule, logging]],
    ['a global module imported after', (logging: DynamicModule) => [logging, GlobalModule]],
  ])('has the last words of %s, then flushes and closes', async (_name, arrange) => {
    const diary = new Diary();
    const app = await start(...arrange(LoggingModule.forRoot(configFor(diary))));
    await app.close();
    expect(diary.entries).toEqual([...life, '[flush]', '[flush]', '[close]']);
  });

  it('leaves nothing behind when it is closed', async () => {
    const diary = new Diary();
    const app = await start(LoggingModule.forRoot(configFor(diary)));
    await app.close();
    const entries = diary.entries.length;
    getLogger('late').info('nobody listens');
    expect(diary.entries).toHaveLength(entries);
    releaseEnded();
    expect(getRootLogger().handlers).toEqual([]);
  });

  it('may be followed by another one', async () => {
    const [first, second] = [new Diary(), new Diary()];
    const one = await start(LoggingModule.forRoot(configFor(first)), PlainModule);
    await one.close();
    const two = await start(LoggingModule.forRoot(configFor(second)), PlainModule);
    await two.close();
    expect(first.entries.filter((entry) => life.includes(entry))).toEqual(life);
    expect(second.entries.filter((entry) => life.includes(entry))).toEqual(life);
  });

  it('may be started again from the same module', async () => {
    const diaries: Diary[] = [];
    const make = () => {
      diaries.push(new Diary());
      return diaries[diaries.length - 1] as Diary;
    };
    const logging = LoggingModule.forRoot({
      version: 1,
      handlers: { diary: { '()': make } },
      root: { level: 'INFO', handlers: ['diary'] },
    });
    for (let round = 0; round < 2; round += 1) await (await start(logging, PlainModule)).close();
    expect(diaries.map(({ entries }) => entries.filter((entry) => life.includes(entry)))).toEqual([
      life,
      life,
    ]);
  });

  it('shares its handlers with one that runs beside it on the same configuration', async () => {
    const diary = new Diary();
    const config = configFor(diary);
    const one = await start(LoggingModule.forRoot(config));
    const two = await start(LoggingModule.forRoot(config));
    getLogger('both').info('once');
    await one.close();
    getLogger('both').info('still');
    await two.close();
    expect(diary.entries.filter((entry) => !entry.startsWith('[flush'))).toEqual([
      'once',
      'still',
      '[close]',
    ]);
  });

  it('goes on logging when one with another configuration that ran beside it is closed', async () => {
    const [first, second] = [new Diary(), new Diary()];
    const one = await start(LoggingModule.forRoot(configFor(first)));
    const two = await start(LoggingModule.forRoot({ ...configFor(second), filters: {} }));
    await two.close();
    getLogger('both').info('not lost');
    await one.close();
    expect(first.entries).toContain('not lost');
    expect(second.entries).not.toContain('not lost');
    expect([first.entries.at(-1), second.entries.at(-1)]).toEqual(['[close]', '[close]']);
  });

  it('is not kept from ending by a handler that hangs', async () => {
    class Hanging extends Diary {
      override flush(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const hanging = new Hanging();
    const app = await start(LoggingModule.forRoot(configFor(hanging)));
    const begun = Date.now();
    await app.close();
    expect(Date.now() - begun).toBeLessThan(5_500);
    expect(getRootLogger().handlers).not.toContain(hanging);
    // It is closed all the same, when its own time is over.
    while (!hanging.entries.includes('[close]') && Date.now() - begun < 9_000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hanging.entries.at(-1)).toBe('[close]');
  }, 10_000);

  it('has what Nest itself logs, unless it chose a logger', async () => {
    const records: string[] = [];
    class Names extends Handler {
      emit(record: LogRecord): void {
        records.push(record.name);
      }
    }
    const config: LoggingConfig = {
      version: 1,
      handlers: { names: { '()': Names } },
      root: { level: 'INFO', handlers: ['names'] },
    };
    NestCommonLogger.overrideLogger(defaultLogger());
    const app = await start(LoggingModule.forRoot(config));
    expect(records).toContain('nest.InstanceLoader');
    await app.close();
    records.length = 0;
    const chosen = { log: () => {}, error: () => {}, warn: () => {} };
    NestCommonLogger.overrideLogger(chosen);
    const second = await start(LoggingModule.forRoot(config));
    expect(records).toEqual([]);
    second.useLogger(second.get(NestLogger));
    new NestCommonLogger('Ctx').log('now');
    expect(records).toEqual(['nest.Ctx']);
    await second.close();
  });
});

/** Nest's own default, which it makes for itself. */
const theDefault = (NestCommonLogger as unknown as { staticInstanceRef: object }).staticInstanceRef;
function defaultLogger() {
  return theDefault as ConsoleLogger;
}
