import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type DynamicModule, Inject, Injectable, Logger as NestCommonLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Handler } from '../../lib/core/handler.js';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import { isBooting } from '../../lib/nest/lifecycle/boot.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { ACTIVE_LOGGING } from '../../lib/nest/module/logging.tokens.js';
import { platforms } from '../e2e/support/platforms.js';
import { pause } from '../e2e/support/recorder.js';
import { collectStderr } from '../support/stderr-collector.js';

class Noting extends Handler {
  isClosed = false;
  emit(): void {}
  override close(): void {
    this.isClosed = true;
    super.close();
  }
}

/** Fails when the configuration stands already. */
@Injectable()
class Late {
  constructor(@Inject(ACTIVE_LOGGING) _active: unknown) {
    throw new Error('too late');
  }
}

const previous = (NestCommonLogger as unknown as { staticInstanceRef: NestCommonLogger }).staticInstanceRef;

describe('an application that fails to start, with abortOnError: false', () => {
  afterEach(() => {
    NestCommonLogger.overrideLogger(previous);
  });
  const appWith = (noting: Noting, providers: object[]) =>
    ({
      module: class AppModule {},
      imports: [
        LoggingModule.forRoot({
          version: 1,
          handlers: { noting: { '()': () => noting } },
          root: { level: 'INFO', handlers: ['noting'] },
        }),
      ],
      providers,
    }) as DynamicModule;

  it('gives its handlers back', async () => {
    const noting = new Noting();
    const failing = appWith(noting, [Late]);
    await expect(NestFactory.createApplicationContext(failing, { abortOnError: false })).rejects.toThrow(
      'too late',
    );
    await pause(20);
    expect(noting.isClosed).toBe(true);
    expect(getRootLogger().handlers).not.toContain(noting);
  });

  it('gives them back if a hook of a context fails, too', async () => {
    const noting = new Noting();
    class FailingInit {
      onModuleInit() {
        throw new Error('in a hook');
      }
    }
    const failing = appWith(noting, [FailingInit]);
    await expect(NestFactory.createApplicationContext(failing, { abortOnError: false })).rejects.toThrow(
      'in a hook',
    );
    await pause(20);
    expect(noting.isClosed).toBe(true);
  });

  it.each<[string, (module: DynamicModule) => Promise<unknown>]>([
    [
      'logger: false',
      (module) => NestFactory.createApplicationContext(module, { abortOnError: false, logger: false }),
    ],
    ['a testing module', (module) => Test.createTestingModule({ imports: [module] }).compile()],
  ])('gives them back where Nest logs nothing of it: %s', async (_name, start) => {
    const noting = new Noting();
    await expect(start(appWith(noting, [Late]))).rejects.toThrow('too late');
    await pause(100);
    expect(noting.isClosed).toBe(true);
    expect(getRootLogger().handlers).toEqual([]);
    expect(isBooting()).toBe(false);
  });

  it('does not activate the default configuration where the factory of its own has failed', async () => {
    class FailingModule {}
    const failing: DynamicModule = {
      module: FailingModule,
      imports: [
        LoggingModule.forRootAsync({
          useFactory: async () => {
            getLogger('boot').warning('in the factory');
            await pause(5);
            throw new Error('no configuration');
          },
        }),
      ],
    };
    const stderr = collectStderr();
    const set = jest.spyOn(getRootLogger(), 'addHandler');
    await expect(Test.createTestingModule({ imports: [failing] }).compile()).rejects.toThrow(
      'no configuration',
    );
    await pause(100);
    expect(stderr.stop()).toContain('WARNING boot: in the factory');
    expect(set).not.toHaveBeenCalled();
    expect(getRootLogger().handlers).toEqual([]);
    set.mockRestore();
  });

  it('keeps them if it is active, and only something else fails', async () => {
    const noting = new Noting();
    const adapter = platforms[0]?.createAdapter() as never;
    const app = await NestFactory.create(appWith(noting, []), adapter, { abortOnError: false });
    expect(() => app.get('nothing')).toThrow();
    await pause(20);
    expect(noting.isClosed).toBe(false);
    await app.init();
    await app.close();
    expect(noting.isClosed).toBe(true);
  });
});
