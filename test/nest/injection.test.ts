import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  Get,
  type INestApplicationContext,
  Inject,
  Injectable,
  Module,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { InjectLogger, Logger } from '../../lib/nest/module/logger.decorator.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { getLoggerToken } from '../../lib/nest/module/logging.tokens.js';
import { platforms } from '../e2e/support/platforms.js';
import { Recorder } from '../e2e/support/recorder.js';

@Injectable()
class Parameters {
  constructor(
    @Logger('shop.orders') readonly named: Logger,
    @InjectLogger('shop.other') readonly other: Logger,
    @Logger() readonly own: Logger,
  ) {}
}

@Injectable()
class Properties {
  @Logger('shop.property') readonly named!: Logger;
  @Logger() readonly own!: Logger;
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  constructor(@Logger('shop.transient') readonly logger: Logger) {}
}

@Injectable({ scope: Scope.REQUEST })
class Requested {
  constructor(@Logger('shop.requested') readonly logger: Logger) {}
}

@Module({ providers: [Parameters, Properties, Transient, Requested] })
class FeatureModule {}

describe('a logger', () => {
  const running: INestApplicationContext[] = [];
  const start = async (module: Type | DynamicModule) => {
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    running.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });

  @Module({ imports: [FeatureModule, LoggingModule.forRoot(silent())] })
  class LoggingLastModule {}

  @Module({ imports: [LoggingModule.forRoot(silent()), FeatureModule] })
  class LoggingFirstModule {}

  it.each([
    ['before', LoggingFirstModule],
    ['after', LoggingLastModule],
  ])('is injected when the logging module is imported %s', async (_when, module) => {
    const app = await start(module);
    const parameters = app.get(Parameters);
    expect(parameters.named).toBe(getLogger('shop.orders'));
    expect(parameters.other).toBe(getLogger('shop.other'));
    expect(parameters.own).toBe(getLogger('Parameters'));
    const properties = app.get(Properties);
    expect(properties.named).toBe(getLogger('shop.property'));
    expect(properties.own).toBe(getLogger('Properties'));
  });

  it('is injected into transient and request-scoped providers', async () => {
    const app = await start(LoggingFirstModule);
    expect((await app.resolve(Transient)).logger).toBe(getLogger('shop.transient'));
    expect((await app.resolve(Requested)).logger).toBe(getLogger('shop.requested'));
  });

  it('is injected into modules that are loaded lazily', async () => {
    const app = await start(LoggingFirstModule);
    const { LazyModule, LazyService } = await import('./fixtures/lazy.module.js');
    const module = await app.get(LazyModuleLoader).load(() => LazyModule);
    expect(module.get(LazyService).logger).toBe(getLogger('lazy.only'));
  });

  it('is injected into the next application too', async () => {
    await start(LoggingFirstModule);
    const second = await start(LoggingLastModule);
    expect(second.get(Parameters).named).toBe(getLogger('shop.orders'));
  });

  it('is injected where the module is imported plainly, if it is not global', async () => {
    @Module({ imports: [LoggingModule], providers: [Parameters] })
    class ImportingModule {}
    @Module({ imports: [ImportingModule, LoggingModule.forRoot(silent(), { isGlobal: false })] })
    class AppModule {}
    const app = await start(AppModule);
    expect(app.get(Parameters).named).toBe(getLogger('shop.orders'));
  });

  it('is injected into lazy modules that import the module plainly', async () => {
    @Module({ imports: [LoggingModule] })
    class ImportingModule {}
    @Module({ imports: [ImportingModule, LoggingModule.forRoot(silent(), { isGlobal: false })] })
    class AppModule {}
    const app = await start(AppModule);
    @Injectable()
    class Late {
      constructor(@Logger('late.plain') readonly logger: Logger) {}
    }
    @Module({ imports: [LoggingModule], providers: [Late] })
    class LateModule {}
    const module = await app.get(LazyModuleLoader).load(() => LateModule);
    expect(module.get(Late).logger).toBe(getLogger('late.plain'));
  });

  it('is not injected where the module is not imported, if it is not global', async () => {
    @Module({ imports: [FeatureModule, LoggingModule.forRoot(silent(), { isGlobal: false })] })
    class AppModule {}
    await expect(start(AppModule)).rejects.toThrow(/nestjs-logging\.logger\(shop\.\w+\)/);
  });

  it('is injected by a factory, under its token', async () => {
    const factory = {
      provide: 'made',
      useFactory: (logger: Logger) => logger.name,
      inject: [getLoggerToken('by.factory')],
    };
    @Module({ imports: [LoggingModule.forRoot(silent())], providers: [factory] })
    class AppModule {}
    expect((await start(AppModule)).get('made')).toBe('by.factory');
  });

  it('is injected into controllers and guards', async () => {
    @Injectable()
    class Guard implements CanActivate {
      constructor(@Logger('a.guard') private readonly logger: Logger) {}
      canActivate(): boolean {
        this.logger.info('asked');
        return true;
      }
    }
    @Controller()
    class Root {
      constructor(@Logger('a.controller') private readonly logger: Logger) {}
      @Get()
      @UseGuards(Guard)
      root() {
        this.logger.info('answers');
        return 'ok';
      }
    }
    const recorder = new Recorder();
    @Module({ imports: [LoggingModule.forRoot(recording(recorder))], controllers: [Root] })
    class AppModule {}
    const adapter = platforms[0]!.createAdapter();
    const app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
    running.push(app);
    await app.listen(0, '127.0.0.1');
    await (await fetch(await app.getUrl())).text();
    expect(recorder.of('a.guard').map(({ message }) => message)).toEqual(['asked']);
    expect(recorder.of('a.controller').map(({ message }) => message)).toEqual(['answers']);
  });

  it('is replaced by what a test overrides', async () => {
    const fake = { info: () => undefined };
    const module = await Test.createTestingModule({
      imports: [LoggingModule.forRoot(silent())],
      providers: [Parameters],
    })
      .overrideProvider(getLoggerToken('shop.orders'))
      .useValue(fake)
      .compile();
    running.push(module);
    expect(module.get(Parameters).named).toBe(fake);
    expect(module.get(Parameters).other).toBe(getLogger('shop.other'));
  });

  it('is injected once, however often the module is imported', async () => {
    const shared = LoggingModule.forRoot(silent());
    @Module({ imports: [shared, LoggingModule.forRoot()], providers: [Properties] })
    class InnerModule {}
    @Module({ imports: [shared, InnerModule, LoggingModule] })
    class AppModule {}
    expect((await start(AppModule)).get(Properties).named).toBe(getLogger('shop.property'));
  });

  it('works beside an @Inject of something else', async () => {
    @Injectable()
    class Mixed {
      constructor(
        @Inject('value') readonly value: number,
        @Logger('mixed') readonly logger: Logger,
        readonly properties: Properties,
      ) {}
    }
    @Module({
      imports: [LoggingModule.forRoot(silent())],
      providers: [Mixed, Properties, { provide: 'value', useValue: 7 }],
    })
    class AppModule {}
    const mixed = (await start(AppModule)).get(Mixed);
    expect([mixed.value, mixed.logger.name, mixed.properties.own.name]).toEqual([7, 'mixed', 'Properties']);
  });
});

function silent() {
  return {
    version: 1,
    handlers: { none: { class: 'logging.NullHandler' } },
    root: { handlers: ['none'] },
  } as const;
}

function recording(recorder: Recorder) {
  return {
    version: 1,
    handlers: { recorder: { '()': () => recorder } },
    root: { level: 'DEBUG', handlers: ['recorder'] },
  } as const;
}
