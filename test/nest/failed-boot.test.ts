import { afterEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, Inject, Injectable, Logger as NestCommonLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Handler } from '../../lib/core/handler.js';
import { getRootLogger } from '../../lib/core/loggers/manager.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { ACTIVE_LOGGING } from '../../lib/nest/module/logging.tokens.js';
import { platforms } from '../e2e/support/platforms.js';
import { pause } from '../e2e/support/recorder.js';

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
