import { afterEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, type INestApplicationContext, Inject, Injectable } from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { getHandlerToken } from '../../lib/nest/module/logging.tokens.js';
import type { LoggingFeature } from '../../lib/nest/module/logging-options.js';
import { Recorder } from '../e2e/support/recorder.js';
import { Store, StoreModule, StoringHandler } from './fixtures/storing.handler.js';

describe('a feature module that is loaded lazily', () => {
  const made: Recorder[] = [];
  let app: INestApplicationContext;

  async function start(root: object = { level: 'INFO', handlers: ['main'] }) {
    const make = () => {
      made.push(new Recorder());
      return made.at(-1) as Recorder;
    };
    app = await NestFactory.createApplicationContext(
      {
        module: class AppModule {},
        imports: [
          StoreModule,
          LoggingModule.forRoot(
            {
              version: 1,
              handlers: {
                main: { '()': make },
                early: { class: StoringHandler, prefix: 'early ' },
              },
              root,
              loggers: { early: { handlers: ['early'] } },
            },
            { imports: [StoreModule] },
          ),
        ],
      } as DynamicModule,
      { logger: false, abortOnError: false },
    );
  }
  const load = (feature: LoggingFeature, ...providers: never[]) =>
    app.get(LazyModuleLoader).load(
      () =>
        ({
          module: class LazyModule {},
          imports: [LoggingModule.forFeature(feature)],
          providers,
        }) as never,
    );
  afterEach(async () => {
    await app.close();
    made.length = 0;
  });

  it('adds handlers and loggers to the active configuration, which goes on', async () => {
    await start();
    const early = app.get(getHandlerToken('early')) as StoringHandler;
    const module = await load({
      handlers: { late: { class: StoringHandler, prefix: 'late ' } },
      loggers: { 'lazy.orders': { level: 'DEBUG', handlers: ['late'] } },
      imports: [StoreModule],
    });
    getLogger('lazy.orders').debug('detail');
    getLogger('early').info('still');
    expect(app.get(Store).lines).toEqual(['late detail', 'early still']);
    expect(made).toHaveLength(1);
    expect(made[0]?.records.map((record) => record.message)).toEqual(
      expect.arrayContaining(['detail', 'still']),
    );
    expect(app.get(getHandlerToken('early'))).toBe(early);
    expect(early.isClosed).toBe(false);
    const late = module.get(getHandlerToken('late'), { strict: false }) as StoringHandler;
    expect(late).toBeInstanceOf(StoringHandler);
    await app.close();
    expect([early.isClosed, late.isClosed]).toEqual([true, true]);
  });

  it('injects what it added', async () => {
    await start();
    @Injectable()
    class Consumer {
      constructor(@Inject(getHandlerToken('own')) readonly handler: Recorder) {}
    }
    const module = await load({ handlers: { own: { '()': () => new Recorder() } } }, Consumer as never);
    expect(module.get(Consumer, { strict: false }).handler).toBeInstanceOf(Recorder);
  });

  it('may be one of several at once', async () => {
    await start();
    const names = ['one', 'two', 'three'];
    await Promise.all(
      names.map((name) =>
        load({
          handlers: { [name]: { class: StoringHandler, prefix: `${name} ` } },
          loggers: { [`several.${name}`]: { level: 'INFO', handlers: [name] } },
          imports: [StoreModule],
        }),
      ),
    );
    for (const name of names) getLogger(`several.${name}`).info('here');
    expect(app.get(Store).lines).toEqual(names.map((name) => `${name} here`));
  });

  it('is refused if it clashes, and changes nothing', async () => {
    await start();
    await expect(load({ handlers: { main: { class: 'logging.NullHandler' } } })).rejects.toThrow(
      /handlers\.main: defined by forFeature and by forRoot/,
    );
    getLogger('any').info('still here');
    expect(made[0]?.records.map((record) => record.message)).toContain('still here');
  });

  it('holds nothing back where the root has no handlers', async () => {
    await start({ level: 'INFO' });
    await load({ loggers: { 'lazy.other': { level: 'INFO' } } });
    expect(getLogger().level).toBe(20);
  });
});
