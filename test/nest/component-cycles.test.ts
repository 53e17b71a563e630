import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Handler } from '../../lib/core/handler.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { getHandlerToken } from '../../lib/nest/module/logging.tokens.js';

@Injectable()
class Audit {
  constructor(@Inject(getHandlerToken('console')) readonly handler: unknown) {}
}

@Injectable()
class Reports {
  constructor(readonly audit: Audit) {}
}

@Module({ providers: [Audit, Reports], exports: [Reports] })
class ReportsModule {}

@Injectable()
class ReportHandler extends Handler {
  constructor(readonly reports: Reports) {
    super();
  }
  emit(): void {}
}

const start = (logging: DynamicModule) =>
  NestFactory.createApplicationContext({ module: class AppModule {}, imports: [logging] } as DynamicModule, {
    logger: false,
    abortOnError: false,
  });
const console_ = { class: 'logging.NullHandler' };

describe('what waits for itself is refused, with the way round', () => {
  it('a handler whose service injects a handler', async () => {
    const config = { version: 1 as const, handlers: { console: console_, report: { class: ReportHandler } } };
    await expect(start(LoggingModule.forRoot(config, { imports: [ReportsModule] }))).rejects.toThrow(
      /handlers\.report → ReportHandler → Reports → Audit → the handler "console"/,
    );
  });

  it('a configuration that needs such a service', async () => {
    const logging = LoggingModule.forRootAsync({
      imports: [ReportsModule],
      inject: [Reports],
      useFactory: () => ({ version: 1, handlers: { console: console_ } }),
    });
    await expect(start(logging)).rejects.toThrow(
      /the configuration → Reports → Audit → the handler "console"/,
    );
  });
});
