import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type DynamicModule,
  type INestApplicationContext,
  Inject,
  Injectable,
  Module,
  Optional,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { Filter } from '../../lib/core/filter.js';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { Handler, type HandlerOptions } from '../../lib/core/handler.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { ComponentOptions } from '../../lib/nest/components/component-options.decorator.js';
import { Logger } from '../../lib/nest/module/logger.decorator.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { getFilterToken, getFormatterToken, getHandlerToken } from '../../lib/nest/module/logging.tokens.js';
import { Recorder } from '../e2e/support/recorder.js';

@Injectable()
class AuditService {
  readonly entries: string[] = [];
  constructor(@Logger('audit.service') readonly logger: Logger) {}
}

@Module({ providers: [AuditService], exports: [AuditService] })
class AuditModule {}

interface AuditOptions extends HandlerOptions {
  prefix: string;
}

@Injectable()
class AuditHandler extends Handler {
  constructor(
    @ComponentOptions() readonly options: AuditOptions,
    @Inject(AuditService) readonly audit: AuditService,
  ) {
    super(options);
  }
  emit(record: LogRecord): void {
    this.audit.entries.push(`${this.options.prefix}${this.format(record)}`);
  }
}

@Injectable()
class PlainHandler extends Handler {
  constructor(@Inject(AuditService) readonly audit: AuditService) {
    super();
  }
  emit(record: LogRecord): void {
    this.audit.entries.push(this.format(record));
  }
}

const auditConfig = {
  version: 1,
  formatters: { short: { format: '%(levelname)s %(message)s' } },
  filters: { shop: { name: 'shop' } },
  handlers: {
    audit: { class: AuditHandler, prefix: '> ', level: 'WARNING', formatter: 'short', filters: ['shop'] },
    second: { class: AuditHandler, prefix: '>> ' },
    plain: { class: PlainHandler, level: 'ERROR', formatter: 'short' },
  },
  loggers: { other: { handlers: [] } },
  root: { level: 'INFO', handlers: ['audit', 'plain'] },
} satisfies LoggingConfig;

describe('a handler, formatter or filter of the configuration', () => {
  const running: INestApplicationContext[] = [];
  const start = async (...imports: (DynamicModule | object)[]) => {
    const app = await NestFactory.createApplicationContext(
      { module: class AppModule {}, imports } as DynamicModule,
      {
        logger: false,
        abortOnError: false,
      },
    );
    running.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });

  it('gets its services injected, and what its entry says', async () => {
    const app = await start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }));
    getLogger('shop').info('too low');
    getLogger('shop').warning('%d late', 2);
    getLogger('elsewhere').warning('filtered');
    expect(app.get(AuditService).entries).toEqual(['> WARNING 2 late']);
    getLogger('shop').error('bad');
    expect(app.get(AuditService).entries).toEqual(['> WARNING 2 late', '> ERROR bad', 'ERROR bad']);
  });

  it('is found under its token', async () => {
    const app = await start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }));
    expect(app.get(getHandlerToken('audit'))).toBeInstanceOf(AuditHandler);
    expect(app.get<AuditHandler>(getHandlerToken('second')).options.prefix).toBe('>> ');
    expect(app.get(getFormatterToken('short'))).toBeInstanceOf(Formatter);
    expect(app.get(getFilterToken('shop'))).toBeInstanceOf(Filter);
  });

  it('may be a provider of the application, named by its token', async () => {
    const recorder = new Recorder();
    const sink = Symbol('sink');
    @Module({
      providers: [
        { provide: sink, useValue: recorder },
        { provide: 'a.sink', useValue: recorder },
      ],
      exports: [sink, 'a.sink'],
    })
    class SinkModule {}
    await start(
      LoggingModule.forRoot(
        {
          version: 1,
          handlers: { one: { '()': sink, level: 'ERROR' }, two: { class: 'a.sink' } },
          root: { handlers: ['one'] },
        },
        { imports: [SinkModule] },
      ),
    );
    getLogger('x').error('here');
    expect(recorder.of('x').map(({ message }) => message)).toEqual(['here']);
    expect(recorder.level).toBe(40);
  });

  it('is refused with its place if it asks for something that is not there', async () => {
    await expect(start(LoggingModule.forRoot(auditConfig))).rejects.toMatchObject({
      code: 'ERR_LOGGING_CONFIG',
      message: expect.stringMatching(
        /handlers\.audit: AuditHandler could not be made: .*AuditService.*options\.imports/,
      ),
    });
  });

  it('is refused with its place if its entry has options that it does not ask for', async () => {
    const config: LoggingConfig = { version: 1, handlers: { plain: { class: PlainHandler, levle: 'INFO' } } };
    await expect(start(LoggingModule.forRoot(config, { imports: [AuditModule] }))).rejects.toThrow(
      /handlers\.plain: .*'levle': PlainHandler takes no options; inject them with @ComponentOptions\(\)/,
    );
  });

  it('is refused where its name is misspelt', async () => {
    const config: LoggingConfig = { ...auditConfig, root: { handlers: ['audti'] } };
    await expect(start(LoggingModule.forRoot(config, { imports: [AuditModule] }))).rejects.toThrow(
      /did you mean "audit"/,
    );
  });

  it('is refused with what injects it if it does not exist', async () => {
    @Injectable()
    class Consumer {
      constructor(@Inject(getHandlerToken('audti')) readonly handler: Handler) {}
    }
    @Module({ providers: [Consumer] })
    class ConsumerModule {}
    await expect(
      start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }), ConsumerModule),
    ).rejects.toThrow(
      /Consumer injects the handler "audti", which the configuration does not have; did you mean "audit"/,
    );
    await start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }));
  });

  it('is undefined where it does not exist and the injection is optional', async () => {
    const token = getHandlerToken('audti');
    @Injectable()
    class Consumer {
      @Optional() @Inject(token) readonly property: Handler | undefined;
      constructor(@Optional() @Inject(token) readonly parameter: Handler | undefined) {}
    }
    const factory = { provide: 'factory', useFactory: (...found: unknown[]) => found };
    @Module({ providers: [Consumer, { ...factory, inject: [{ token, optional: true }] }] })
    class ConsumerModule {}
    const app = await start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }), ConsumerModule);
    expect(app.get(Consumer).parameter).toBeUndefined();
    expect(app.get(Consumer).property).toBeUndefined();
    expect(app.get('factory')).toEqual([undefined]);
    await app.close();

    @Module({ providers: [{ ...factory, inject: [{ token, optional: false }] }] })
    class DemandingModule {}
    await expect(
      start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }), DemandingModule),
    ).rejects.toThrow('factory injects the handler "audti", which the configuration does not have');
    await start(LoggingModule.forRoot(auditConfig, { imports: [AuditModule] }));
  });

  it('is what a test overrides it with', async () => {
    const recorder = new Recorder();
    const module = await Test.createTestingModule({
      imports: [LoggingModule.forRoot(auditConfig, { imports: [AuditModule] })],
    })
      .overrideProvider(getHandlerToken('audit'))
      .useValue(recorder)
      .compile();
    running.push(module);
    getLogger('shop').warning('seen by the test');
    expect(recorder.of('shop').map(({ message }) => message)).toEqual(['seen by the test']);
  });

  it('may come from a feature module, with its services', async () => {
    const recorder = new Recorder();
    const app = await start(
      LoggingModule.forRoot({
        version: 1,
        handlers: { main: { '()': () => recorder } },
        root: { level: 'INFO', handlers: ['main'] },
      }),
      LoggingModule.forFeature({
        handlers: { audit: { class: AuditHandler, prefix: '! ' } },
        loggers: { 'feature.a': { level: 'DEBUG', handlers: ['audit'] } },
        imports: [AuditModule],
      }),
    );
    getLogger('feature.a').debug('detail');
    expect(app.get(AuditService).entries).toEqual(['! detail']);
    expect(recorder.of('feature.a')).toHaveLength(1);
    expect(app.get(getHandlerToken('audit'))).toBeInstanceOf(AuditHandler);
  });

  it('is refused with both places if two modules define it', async () => {
    const none = { class: 'logging.NullHandler' };
    await expect(
      start(
        LoggingModule.forRoot({ version: 1, handlers: { audit: none } }),
        LoggingModule.forFeature({ handlers: { audit: none, more: none } }),
        LoggingModule.forFeature({ handlers: { more: none } }),
      ),
    ).rejects.toThrow(
      /handlers\.audit: defined by forFeature and by forRoot[\s\S]*handlers\.more: defined by forFeature and by another forFeature/,
    );
  });
});

describe('a configuration', () => {
  const recorder = new Recorder();
  const config: LoggingConfig = {
    version: 1,
    handlers: { main: { '()': () => recorder } },
    root: { level: 'INFO', handlers: ['main'] },
  };
  const running: INestApplicationContext[] = [];
  const start = async (...imports: object[]) => {
    const app = await NestFactory.createApplicationContext(
      { module: class AppModule {}, imports } as DynamicModule,
      {
        logger: false,
        abortOnError: false,
      },
    );
    running.push(app);
    return app;
  };
  afterEach(async () => {
    recorder.clear();
    for (const app of running.splice(0)) await app.close();
  });

  @Injectable()
  class ConfigSource {
    createLoggingConfig = async () => config;
  }
  @Module({
    providers: [ConfigSource, { provide: 'config', useValue: config }],
    exports: [ConfigSource, 'config'],
  })
  class SourceModule {}

  it.each([
    ['a factory', { useFactory: async () => config }],
    [
      'a factory with what it injects',
      { imports: [SourceModule], inject: ['config'], useFactory: (given: LoggingConfig) => given },
    ],
    ['a class', { useClass: ConfigSource }],
    ['a provider', { imports: [SourceModule], useExisting: ConfigSource }],
  ])('may come from %s', async (_name, options) => {
    const app = await start(LoggingModule.forRootAsync(options));
    getLogger('x').info('configured');
    expect(recorder.of('x')).toHaveLength(1);
    expect(app.get(getHandlerToken('main'))).toBe(recorder);
  });

  it('comes from exactly one of them', () => {
    expect(() => LoggingModule.forRootAsync({})).toThrow(/give one of useFactory, useClass and useExisting/);
  });

  it('gives what was logged before, in order, at the levels it sets', async () => {
    getLogger('early').debug('before forRoot');
    const module = LoggingModule.forRoot({ ...config, loggers: { chatty: { level: 'DEBUG' } } });
    getLogger('early').info('first');
    getLogger('chatty').debug('second');
    getLogger('early').debug('too low');
    await start(module);
    getLogger('early').info('third');
    expect(
      recorder.records.filter(({ name }) => !name.startsWith('nest')).map(({ message }) => message),
    ).toEqual(['first', 'second', 'third']);
    expect(recorder.of('early')[0]?.pathname).toMatch(/components\.test\.ts$/);
  });

  it('leaves loggers that exist enabled, unless it says otherwise', async () => {
    const logger = getLogger('was.there');
    await start(LoggingModule.forRoot(config));
    expect(logger.disabled).toBe(false);
    await running.pop()?.close();
    await start(LoggingModule.forRoot({ ...config, disable_existing_loggers: true }));
    expect(logger.disabled).toBe(true);
    logger.disabled = false;
  });

  it('is refused if there are two of them', async () => {
    await expect(
      start(LoggingModule.forRoot(config), LoggingModule.forRoot({ ...config })),
    ).rejects.toMatchObject({
      code: 'ERR_LOGGING_NEST',
      message: expect.stringContaining('two configurations'),
    });
  });

  it('has options that are checked', () => {
    expect(() => LoggingModule.forRoot(config, { htpp: {} } as never)).toThrow(
      /htpp: unknown key; did you mean "http"/,
    );
    expect(() => LoggingModule.forRoot(config, { http: { slowThreshold: 1 } as never })).toThrow(
      /did you mean "slowThresholdMs"/,
    );
  });

  it('says where the configuration belongs if options come first', () => {
    expect(() => LoggingModule.forRoot({ context: false, http: {} } as never)).toThrow(
      'LoggingModule.forRoot: http, context in the first argument, which is the configuration; options are the second: ' +
        'forRoot(undefined, { http: …, context: … }) has the default configuration',
    );
  });
});
