import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, LoggingModule } from 'nestjs-logging';
import { dictConfig } from 'nestjs-logging/core';
import { resetLogging } from '../support/reset-logging.js';

const REDIS = Symbol('REDIS');

class FakeRedis {
  readonly written: string[] = [];
  pipeline(commands: unknown[][]) {
    this.written.push(...commands.map((command) => String(command.at(-1))));
    return { exec: async () => commands.map(() => [null, '1-0'] as [null, string]) };
  }
}

const redis = new FakeRedis();

@Module({
  providers: [
    { provide: REDIS, useValue: redis },
    { provide: 'REDIS', useExisting: REDIS },
    { provide: FakeRedis, useExisting: REDIS },
  ],
  exports: [REDIS, 'REDIS', FakeRedis],
})
class RedisModule {}

const config = (client: unknown) => ({
  version: 1,
  handlers: { stream: { class: 'RedisStreamHandler', client, key: 'logs' } },
  root: { level: 'INFO', handlers: ['stream'] },
});

describe('A client that the container has', () => {
  let app: INestApplicationContext | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
    resetLogging();
    redis.written.length = 0;
  });

  it.each<[string, unknown]>([
    ['a symbol', REDIS],
    ['a name', 'REDIS'],
    ['a class', FakeRedis],
  ])('is handed to a destination that names it by %s', async (_, token) => {
    const imports = [LoggingModule.forRoot(config(token) as never, { imports: [RedisModule] })];
    app = await NestFactory.createApplicationContext({ module: class App {}, imports }, { logger: false });
    getLogger('shop').info('hello');
    await app.close();
    expect(redis.written.join('\n')).toContain('"message":"hello"');
  });

  it('may be a LoggerProvider of OpenTelemetry', async () => {
    const bodies: string[] = [];
    const emit = ({ body }: { body: string }) => void bodies.push(body);
    @Module({
      providers: [{ provide: 'LOGS', useValue: { getLogger: () => ({ emit }) } }],
      exports: ['LOGS'],
    })
    class TelemetryModule {}
    const telemetry = {
      version: 1,
      handlers: { otel: { class: 'OpenTelemetryHandler', loggerProvider: 'LOGS' } },
      root: { level: 'INFO', handlers: ['otel'] },
    };
    const imports = [LoggingModule.forRoot(telemetry as never, { imports: [TelemetryModule] })];
    app = await NestFactory.createApplicationContext({ module: class App {}, imports }, { logger: false });
    getLogger('shop').info('hello');
    expect(bodies).toContain('hello');
  });

  it('is missed with its place, and what to do about it', async () => {
    const imports = [LoggingModule.forRoot(config('REDIS') as never)];
    const started = NestFactory.createApplicationContext(
      { module: class App {}, imports },
      { abortOnError: false, logger: false },
    );
    await expect(started).rejects.toThrow(/handlers\.stream.*imports of LoggingModule/s);
  });

  it('is not known without a container, which is said', () => {
    expect(() => dictConfig(config('REDIS') as never)).toThrow(
      /REDIS is an injection token, which only a configuration of LoggingModule may name/,
    );
  });
});
