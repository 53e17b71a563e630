import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Logger as NestCommonLogger,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { loadLoggingConfig } from '../../lib/config/read/load-logging-config.js';
import { getContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { getHandlerByName } from '../../lib/core.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import type { LoggingModuleAsyncOptions, ProvidedLogging } from '../../lib/nest/module/logging-options.js';
import { platforms } from '../e2e/support/platforms.js';
import { Recorder } from '../e2e/support/recorder.js';
import { resetLogging } from '../support/reset-logging.js';

@Injectable()
class Settings {
  readonly quiet = '/health';
  readonly slowMs = 0;
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Controller()
class PathsController {
  @Get(['health', 'orders'])
  answer(): object {
    getLogger('shop').info('answering');
    return { context: getContext() ?? null };
  }
}

const { staticInstanceRef } = NestCommonLogger as unknown as { staticInstanceRef: NestCommonLogger };
let app: INestApplication | undefined;
let recorder: Recorder;

beforeEach(() => {
  resetLogging();
  recorder = new Recorder();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  NestCommonLogger.overrideLogger(staticInstanceRef);
  resetLogging();
});
const recording = (): LoggingConfig => ({
  version: 1,
  handlers: { main: { '()': () => recorder } },
  root: { level: 'INFO', handlers: ['main'] },
  loggers: { nest: { level: 'WARNING' }, 'nest.server': { level: 'INFO' } },
});

async function start(
  options: LoggingModuleAsyncOptions,
  adapter = platforms[0]?.createAdapter(),
): Promise<string> {
  @Module({ imports: [LoggingModule.forRootAsync(options)], controllers: [PathsController] })
  class AppModule {}
  app = await NestFactory.create(AppModule, adapter as never, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  recorder.clear();
  return app.getUrl();
}
async function accessRecords(url: string, ...paths: string[]) {
  for (const path of paths) await (await fetch(`${url}${path}`)).text();
  await recorder.settled('nest.server', 1, 20);
  return recorder.of('nest.server').map((record) => record.extraFields());
}

describe.each(platforms)('options that come with the configuration, on $name', ({ createAdapter }) => {
  it('decide about the request log, with what is injected', async () => {
    const url = await start(
      {
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: async (settings: Settings) => ({
          ...recording(),
          http: { exclude: [settings.quiet], slowThresholdMs: settings.slowMs },
        }),
      },
      createAdapter(),
    );
    expect(await accessRecords(url, '/health', '/orders')).toEqual([
      expect.objectContaining({ path: '/orders', slow: true }),
    ]);
  });

  it('can switch the request log off, and contexts', async () => {
    const url = await start(
      { useFactory: () => ({ ...recording(), http: false, context: false }) },
      createAdapter(),
    );
    const response = await fetch(`${url}/orders`);
    expect(response.headers.get('x-request-id')).toBeNull();
    expect(await response.json()).toEqual({ context: null });
    expect(recorder.of('nest.server')).toEqual([]);
    expect(recorder.of('shop').map((record) => record.extraFields())).toEqual([{}]);
  });
});

describe('LoggingModule.forRootAsync', () => {
  it('lets the options that come with the configuration replace those given beside', async () => {
    const url = await start({
      http: { exclude: ['/orders'] },
      context: false,
      useFactory: () => ({ ...recording(), http: { exclude: ['/health'] } }),
    });
    expect(await accessRecords(url, '/health', '/orders')).toEqual([
      expect.objectContaining({ path: '/orders' }),
    ]);
    expect(recorder.of('shop').every((record) => Object.keys(record.extraFields()).length === 0)).toBe(true);
  });

  it('takes levels from variables that the factory gives', async () => {
    await start({ useFactory: () => ({ ...recording(), env: { LOG_LEVELS: 'shop=ERROR' } }) });
    expect(getLogger('shop').isEnabledFor(30)).toBe(false);
  });

  it.each<[string, Pick<LoggingModuleAsyncOptions, 'useClass' | 'useExisting' | 'providers'>]>([
    ['useClass', {}],
    ['useExisting', {}],
  ])('takes them from %s too', async (way) => {
    @Injectable()
    class Source {
      constructor(@Inject(Settings) private readonly settings: Settings) {}
      createLoggingConfig(): ProvidedLogging {
        return { ...recording(), http: { exclude: [this.settings.quiet] } };
      }
    }
    const url = await start(
      way === 'useClass'
        ? { useClass: Source, providers: [Settings] }
        : { useExisting: Source, providers: [Settings, Source] },
    );
    expect(await accessRecords(url, '/health', '/orders')).toHaveLength(1);
  });

  it('gives the factory what only providers make', async () => {
    const url = await start({
      providers: [
        Settings,
        { provide: 'QUIET', useFactory: ({ quiet }: Settings) => quiet, inject: [Settings] },
      ],
      inject: ['QUIET', { token: 'NOT_THERE', optional: true }],
      useFactory: (quiet: string, absent: unknown) => ({
        ...recording(),
        http: { exclude: [quiet, ...(absent === undefined ? [] : ['/orders'])] },
      }),
    });
    expect(await accessRecords(url, '/health', '/orders')).toHaveLength(1);
  });

  it('has the default configuration where the factory gives options alone', async () => {
    @Module({ imports: [LoggingModule.forRootAsync({ useFactory: () => ({ http: { enabled: false } }) })] })
    class AppModule {}
    app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    expect(getHandlerByName('console')).toBeDefined();
  });

  it('refuses a key that it does not have with all that it has', () => {
    const start = (): unknown =>
      LoggingModule.forRootAsync({ useFactory: () => undefined, provider: [] } as never);
    expect(start).toThrow('LoggingModule.forRootAsync: unknown "provider"; it takes ');
    const known = [
      'imports',
      'inject',
      'providers',
      'useFactory',
      'useClass',
      'useExisting',
      'isGlobal',
      'http',
    ];
    for (const name of [...known, 'requestId', 'messages', 'context', 'replaceNestLogger', 'env'])
      expect(start).toThrow(name);
  });

  it.each([
    [{ http: { exlude: [] } }, 'LoggingModule.http.exlude: unknown key; did you mean "exclude"?'],
    [{ http: { exclude: ['health'] } }, "'health' never matches"],
    [{ messages: 'no' }, 'LoggingModule.messages: expected boolean'],
    [{ isGlobal: false }, 'isGlobal came with the configuration, which is too late'],
    [{ imports: [], replaceNestLogger: false }, 'came with the configuration'],
  ])('refuses %j from a factory', async (options, message) => {
    await expect(start({ useFactory: () => ({ ...recording(), ...options }) as never })).rejects.toThrow(
      message,
    );
  });

  it('follows the files of a configuration that options came with', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'async-options-'));
    const file = join(folder, 'logging.json');
    const write = (level: string): void =>
      writeFileSync(file, JSON.stringify({ version: 1, loggers: { shop: { level } } }));
    try {
      write('ERROR');
      const reloaded = new Promise<Error | undefined>((resolve) => {
        void start({
          useFactory: async () => ({
            ...(await loadLoggingConfig(file, { watch: true, pollMs: 50, onReload: resolve })),
            http: false,
          }),
        }).then(() => write('WARNING'));
      });
      expect(await reloaded).toBeUndefined();
      expect(getLogger('shop').getEffectiveLevel()).toBe(30);
    } finally {
      await app?.close();
      app = undefined;
      rmSync(folder, { recursive: true });
    }
  });
});
