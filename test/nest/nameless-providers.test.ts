import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module, Logger as NestCommonLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { loggedModule } from '../e2e/support/logged-module.js';
import { Recorder } from '../e2e/support/recorder.js';
import { resetLogging } from '../support/reset-logging.js';

const { staticInstanceRef } = NestCommonLogger as unknown as { staticInstanceRef: NestCommonLogger };

/** Objects that hide their class. */
const nameless: Record<string, (members: object) => object> = {
  'an object without prototype': (members) => Object.assign(Object.create(null), members),
  'an object whose constructor is none': (members) => ({ ...members, constructor: undefined }),
};

describe.each(Object.entries(nameless))('a provider that is %s', (_, make) => {
  const recorder = new Recorder();
  beforeEach(() => {
    resetLogging();
    recorder.clear();
  });
  afterEach(() => {
    NestCommonLogger.overrideLogger(staticInstanceRef);
    resetLogging();
  });

  it.each(['onModuleInit', 'onApplicationBootstrap'])(
    'has what its %s throws logged and passed on',
    async (hook) => {
      for (const isAsync of [false, true]) {
        const thrown = new Error('the disk is gone');
        const fail = (): Promise<never> => {
          if (isAsync) return Promise.reject(thrown);
          throw thrown;
        };
        recorder.clear();
        @Module({
          imports: [loggedModule(recorder)],
          providers: [{ provide: 'STORE', useValue: make({ [hook]: fail }) }],
        })
        class AppModule {}
        const started = NestFactory.createApplicationContext(AppModule, {
          bufferLogs: true,
          abortOnError: false,
        });
        await expect(started).rejects.toBe(thrown);
        const [record] = recorder.of('nest.ExceptionHandler');
        expect(record?.excInfo).toBe(thrown);
        expect(record?.message).toBe(`the application could not start: STORE.${hook} failed`);
      }
    },
  );

  it('starts and works otherwise', async () => {
    @Module({
      imports: [loggedModule(recorder)],
      providers: [{ provide: 'STORE', useValue: make({ size: 1 }) }],
    })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { bufferLogs: true });
    getLogger('shop').info('open');
    expect(recorder.of('shop')).toHaveLength(1);
    await app.close();
  });
});
