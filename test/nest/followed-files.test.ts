import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, type INestApplicationContext, Inject, Injectable } from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { registerComponent } from '../../lib/config/components/component-registry.js';
import { type LoadOptions, loadLoggingConfig } from '../../lib/config/read/load-logging-config.js';
import { getHandlerByName } from '../../lib/core/handler.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { ComponentOptions } from '../../lib/nest/components/component-options.decorator.js';
import { releaseEnded } from '../../lib/nest/lifecycle/active-logging.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { getHandlerToken } from '../../lib/nest/module/logging.tokens.js';
import type { LoggingFeature } from '../../lib/nest/module/logging-options.js';
import { resetLogging } from '../support/reset-logging.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { Store, StoreModule, StoringHandler } from './fixtures/storing.handler.js';

/** Cannot be made while the test says so. */
@Injectable()
class FickleHandler extends StoringHandler {
  static isBroken = false;
  constructor(@ComponentOptions() options: { prefix: string }, store: Store) {
    if (FickleHandler.isBroken) throw new Error('not today');
    super(options, store);
  }
}

registerComponent('handler', 'test.Storing', StoringHandler);
registerComponent('handler', 'test.Fickle', FickleHandler);

const storing = (prefix: string, type = 'Storing') => ({ class: `test.${type}`, prefix: `${prefix} ` });
const rootTo = (level: string, ...handlers: string[]) => ({ level, handlers });

describe('a Nest application whose configuration file is followed', () => {
  const folder = useTemporaryFolder();
  let apps: INestApplicationContext[];
  let outcomes: (Error | undefined)[];
  let stderr: string;

  beforeEach(() => {
    resetLogging();
    apps = [];
    outcomes = [];
    stderr = '';
    FickleHandler.isBroken = false;
    Object.defineProperty(process.stderr, 'write', {
      configurable: true,
      value: (text: string) => {
        stderr += text;
        return true;
      },
    });
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    Reflect.deleteProperty(process.stderr, 'write');
    resetLogging();
  });

  /** Writes the file that is followed. */
  function write(config: object): void {
    writeFileSync(folder.file('logging.json'), JSON.stringify({ version: 1, ...config }));
  }
  async function start(parts: Partial<DynamicModule> = {}, load: LoadOptions = {}) {
    const settings: LoadOptions = { env: {}, watch: true, pollMs: 60_000, ...load };
    const app = await NestFactory.createApplicationContext(
      {
        module: class AppModule {},
        ...parts,
        imports: [
          StoreModule,
          LoggingModule.forRootAsync({
            imports: [StoreModule],
            useFactory: () =>
              loadLoggingConfig(folder.file('logging.json'), {
                onReload: (error) => outcomes.push(error),
                ...settings,
              }),
          }),
          ...(parts.imports ?? []),
        ],
      },
      { logger: false, abortOnError: false },
    );
    apps.push(app);
    return { app, store: app.get(Store, { strict: false }) };
  }
  async function reloads(count: number): Promise<void> {
    for (let waited = 0; outcomes.length < count && waited < 5_000; waited += 10) await sleep(10);
    expect(outcomes).toHaveLength(count);
  }

  it('logs as the file says, after a level was changed and a handler added', async () => {
    write({ handlers: { main: storing('main') }, root: rootTo('INFO', 'main') });
    const { store } = await start();
    getLogger('shop').debug('not yet');
    write({
      handlers: { main: storing('main'), other: storing('other') },
      root: rootTo('DEBUG', 'main', 'other'),
    });
    await reloads(1);
    getLogger('shop').debug('now');
    expect(outcomes).toEqual([undefined]);
    expect(store.lines).toEqual(['main now', 'other now']);
    expect(store.made).toHaveLength(2);
  });

  it('closes what was replaced, and goes on with the rest', async () => {
    write({
      handlers: { a: storing('kept'), b: storing('old') },
      root: rootTo('INFO', 'a', 'b'),
    });
    const { store } = await start();
    write({
      handlers: { a: storing('kept'), b: storing('new') },
      root: rootTo('INFO', 'a', 'b'),
    });
    await reloads(1);
    getLogger().info('line');
    expect(store.lines).toEqual(['kept line', 'new line']);
    expect(store.made.map(({ isClosed }) => isClosed)).toEqual([false, true, false]);
  });

  it('is not changed by a file with errors, which are reported with their places', async () => {
    write({ handlers: { main: storing('main') }, root: rootTo('INFO', 'main') });
    const { store } = await start();
    write({ handlers: { main: storing('changed') }, root: rootTo('LOUD', 'mian') });
    await reloads(1);
    getLogger().info('as before');
    expect(outcomes[0]).toMatchObject({ code: 'ERR_LOGGING_CONFIG' });
    expect(stderr).toMatch(/logging\.json:1:\d+: root\.handlers\.0: no handler named "mian"/);
    expect(store.lines).toEqual(['main as before']);
    expect(store.made).toHaveLength(1);
    write({ handlers: { main: storing('mended') }, root: rootTo('INFO', 'main') });
    await reloads(2);
    getLogger().info('again');
    expect(store.lines.at(-1)).toBe('mended again');
  });

  it('is not changed if the container cannot make what is new, and nothing made for it stays open', async () => {
    write({ handlers: { main: storing('main') }, root: rootTo('INFO', 'main') });
    const { store } = await start();
    FickleHandler.isBroken = true;
    write({
      handlers: { main: storing('main'), fine: storing('fine'), fickle: storing('fickle', 'Fickle') },
      root: rootTo('INFO', 'main', 'fine', 'fickle'),
    });
    await reloads(1);
    getLogger().info('line');
    expect(stderr).toMatch(/logging\.json:1:\d+: handlers\.fickle: .*not today/);
    expect(store.lines).toEqual(['main line']);
    expect(store.made.map(({ isClosed }) => isClosed)).toEqual([false, true]);
  });

  it('keeps what feature modules declared, also those that are loaded after a change', async () => {
    const feature = (name: string): LoggingFeature => ({
      imports: [StoreModule],
      handlers: { [name]: { class: StoringHandler, prefix: `${name} ` } },
      loggers: { [name]: { handlers: [name] } },
    });
    write({ handlers: { main: storing('main') }, root: rootTo('INFO', 'main') });
    const { app, store } = await start({ imports: [LoggingModule.forFeature(feature('early'))] });
    write({ handlers: { main: storing('main'), more: storing('more') }, root: rootTo('INFO', 'main') });
    await reloads(1);
    await app
      .get(LazyModuleLoader)
      .load(
        () =>
          ({ module: class LazyModule {}, imports: [LoggingModule.forFeature(feature('late'))] }) as never,
      );
    write({ handlers: { main: storing('new') }, root: rootTo('INFO', 'main') });
    await reloads(2);
    for (const name of ['early', 'late']) getLogger(name).info('line');
    expect(store.lines).toEqual(['early line', 'new line', 'late line', 'new line']);
    expect(store.made.map(({ isClosed }) => isClosed)).toEqual([false, true, true, false, false]);
  });

  it('leaves a provider the handler it was given; the active one has its name', async () => {
    @Injectable()
    class Consumer {
      constructor(@Inject(getHandlerToken('main')) readonly handler: StoringHandler) {}
    }
    write({ handlers: { main: storing('old') }, root: rootTo('INFO', 'main') });
    const { app, store } = await start({ providers: [Consumer] });
    write({ handlers: { main: storing('new') }, root: rootTo('INFO', 'main') });
    await reloads(1);
    expect(app.get(Consumer).handler).toBe(store.made[0]);
    expect(getHandlerByName('main')).toBe(store.made[1]);
    write({ handlers: { other: storing('other') }, root: rootTo('INFO', 'other') });
    await reloads(2);
    expect(String(outcomes[1])).toContain('Consumer injects the handler "main"');
    expect(getHandlerByName('main')).toBe(store.made[1]);
  });

  it('goes on with a provider that the file names, and refuses to change its entry', async () => {
    const handler = (options: object) => ({ handlers: { own: { class: 'OWN', ...options } } });
    const parts = {
      imports: [
        {
          module: class OwnModule {},
          global: true,
          providers: [
            {
              provide: 'OWN',
              useFactory: (store: Store) => new StoringHandler({ prefix: 'own ' }, store),
              inject: [Store],
            },
          ],
          imports: [StoreModule],
          exports: ['OWN'],
        },
      ],
    };
    write({ ...handler({}), root: rootTo('INFO', 'own') });
    const { store } = await start(parts, { check: false });
    write({ ...handler({ level: 'ERROR' }), root: rootTo('INFO', 'own') });
    await reloads(1);
    getLogger().info('too low');
    getLogger().error('high');
    expect(store.lines).toEqual(['own high']);
    write({ ...handler({ level: 'ERROR', prefix: 'x' }), root: rootTo('INFO', 'own') });
    await reloads(2);
    expect(String(outcomes[1])).toContain('handlers.own: the provider OWN could not be made: it is in use');
    getLogger().error('still');
    expect(store.lines).toEqual(['own high', 'own still']);
    expect(store.made.map(({ isClosed }) => isClosed)).toEqual([false]);
  });

  it('takes the levels of an incremental file, and goes on', async () => {
    write({ handlers: { main: storing('main') }, root: rootTo('INFO', 'main') });
    const { store } = await start();
    write({ incremental: true, root: { level: 'ERROR' } });
    await reloads(1);
    getLogger().info('too low');
    write({ handlers: { main: storing('main') }, root: rootTo('DEBUG', 'main') });
    await reloads(2);
    getLogger().debug('heard');
    expect(store.lines).toEqual(['main heard']);
  });

  it('follows it no longer when it is closed', async () => {
    write({ handlers: { main: storing('main') }, root: rootTo('INFO', 'main') });
    const { app, store } = await start({}, { pollMs: 20 });
    await app.close();
    write({ handlers: { main: storing('new') }, root: rootTo('DEBUG', 'main') });
    await sleep(200);
    expect(outcomes).toEqual([]);
    expect(store.made.map(({ isClosed }) => isClosed)).toEqual([true]);
    releaseEnded();
    expect(getLogger().handlers).toEqual([]);
  });

  it('hands over to another one with the same configuration when it is closed', async () => {
    const plain = (level: string) => ({
      handlers: { main: { class: 'logging.FileHandler', filename: folder.file('app.log') } },
      root: rootTo(level, 'main'),
    });
    write(plain('INFO'));
    await start();
    const second = await start();
    await second.app.close();
    write(plain('DEBUG'));
    await reloads(1);
    getLogger().debug('heard');
    expect(folder.lines('app.log')).toEqual(['heard']);
  });
});
