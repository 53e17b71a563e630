import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type DynamicModule,
  type INestApplicationContext,
  Injectable,
  Logger as NestCommonLogger,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { Recorder } from '../e2e/support/recorder.js';
import { resetLogging } from '../support/reset-logging.js';

const previous = { ...process.env };
const { staticInstanceRef } = NestCommonLogger as unknown as { staticInstanceRef: NestCommonLogger };
let apps: INestApplicationContext[];

beforeEach(() => {
  resetLogging();
  apps = [];
});
afterEach(async () => {
  for (const app of apps) await app.close();
  for (const name of ['LOG_LEVEL', 'LOG_LEVELS']) {
    if (previous[name] === undefined) delete process.env[name];
    else process.env[name] = previous[name];
  }
  NestCommonLogger.overrideLogger(staticInstanceRef);
  resetLogging();
});

async function start(...imports: DynamicModule[]): Promise<void> {
  const app = { module: class AppModule {}, imports };
  apps.push(await NestFactory.createApplicationContext(app, { logger: false, abortOnError: false }));
}
const recording = (recorder = new Recorder()): LoggingConfig => ({
  version: 1,
  handlers: { main: { '()': () => recorder } },
  root: { level: 'WARNING', handlers: ['main'] },
  loggers: { 'shop.orders': { level: 'INFO' } },
});
const levels = (...names: string[]) => names.map((name) => getLogger(name).getEffectiveLevel());

describe('option env of LoggingModule', () => {
  it('is off by default: other tools use these variables, too', async () => {
    process.env.LOG_LEVEL = 'verbose';
    await start(LoggingModule.forRoot(recording()));
    expect(levels('other', 'shop.orders')).toEqual([30, 20]);
  });

  it('takes the levels of the process', async () => {
    process.env.LOG_LEVEL = 'error';
    process.env.LOG_LEVELS = 'shop.*=debug';
    await start(LoggingModule.forRoot(recording(), { env: true }));
    expect(levels('other', 'shop', 'shop.orders')).toEqual([40, 10, 10]);
  });

  it('takes variables of your own, with forRootAsync and for what feature modules declare', async () => {
    await start(
      LoggingModule.forRootAsync({
        useFactory: () => recording(),
        env: { LOG_LEVELS: 'feature=error' },
      }),
      LoggingModule.forFeature({ loggers: { feature: { level: 'DEBUG' } } }),
    );
    expect(levels('other', 'feature')).toEqual([30, 40]);
  });

  it('changes the default configuration, too', async () => {
    await start(LoggingModule.forRoot(undefined, { env: { LOG_LEVEL: 'critical' } }));
    expect(levels('other')).toEqual([50]);
  });

  it('refuses what is no level, with the variable', async () => {
    const module = LoggingModule.forRoot(recording(), { env: { LOG_LEVEL: 'loud' } });
    await expect(start(module)).rejects.toThrow("LOG_LEVEL: unknown level 'loud'");
  });

  it('refuses anything but variables', () => {
    const options = { env: 'production' } as unknown as LoggingModuleOptions;
    expect(() => LoggingModule.forRoot(recording(), options)).toThrow(/env/);
  });

  it('counts for what is logged by an application that fails to start', async () => {
    @Injectable()
    class Failing {
      constructor() {
        getLogger('shop').debug('before the end');
        throw new Error('too early');
      }
    }
    const recorder = new Recorder();
    const module = LoggingModule.forRoot(recording(recorder), { env: { LOG_LEVELS: 'shop=debug' } });
    await expect(
      NestFactory.createApplicationContext(
        { module: class AppModule {}, imports: [module], providers: [Failing] },
        { abortOnError: false },
      ),
    ).rejects.toThrow('too early');
    expect(recorder.of('shop').map(({ message }) => message)).toContain('before the end');
  });
});
