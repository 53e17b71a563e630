import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { loadLoggingConfig } from '../../lib/config/read/load-logging-config.js';
import { getHandlerByName, Handler } from '../../lib/core/handler.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { releaseEnded } from '../../lib/nest/lifecycle/active-logging.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { getHandlerToken } from '../../lib/nest/module/logging.tokens.js';
import { ListHandler } from '../../lib/testing/list.handler.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';

class Noting extends ListHandler {
  isClosed = false;
  override close(): void {
    this.isClosed = true;
    super.close();
  }
}

let isolation: LoggingIsolation;
let folder: string;
beforeEach(() => {
  isolation = isolateLogging();
  folder = mkdtempSync(join(tmpdir(), 'two-'));
});
afterEach(async () => {
  await isolation.restore();
  rmSync(folder, { recursive: true, force: true });
});

const start = (config: LoggingConfig | undefined, ...providers: object[]) =>
  NestFactory.createApplicationContext(
    {
      module: class AppModule {},
      imports: [LoggingModule.forRoot(config), ...providers],
    } as DynamicModule,
    { logger: false, abortOnError: false },
  );

const messages = ({ records }: ListHandler) => records.map((record) => record.getMessage());

/** What was said on standard error, a line each. */
async function saidWhile(work: () => Promise<void>): Promise<string[]> {
  const chunks: string[] = [];
  Object.defineProperty(process.stderr, 'write', {
    configurable: true,
    value: (chunk: string | Uint8Array) => chunks.push(String(chunk)) > 0,
  });
  try {
    await work();
  } finally {
    Reflect.deleteProperty(process.stderr, 'write');
  }
  return chunks
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('nestjs-logging: '))
    .map((line) => line.slice('nestjs-logging: two applications in one process: '.length));
}

const configWith = (name: string, handler: Handler, more: Partial<LoggingConfig> = {}): LoggingConfig => ({
  version: 1,
  handlers: { [name]: { '()': () => handler } },
  root: { level: 'INFO', handlers: [name] },
  ...more,
});

describe('two applications in one process', () => {
  it.each(['first', 'second'])(
    'log to the handlers of both, and of the other when the %s ends',
    async (which) => {
      const a = new Noting();
      const one = await start(configWith('a', a));
      // As Python does, the first configuration closes whatever is open.
      const b = new Noting();
      const apps = [one, await start(configWith('b', b))];
      getLogger('x').info('both');
      expect([messages(a), messages(b)]).toEqual([['both'], ['both']]);
      expect([getHandlerByName('a'), getHandlerByName('b')]).toEqual([a, b]);
      const [ending, staying] = which === 'first' ? [0, 1] : [1, 0];
      await apps[ending]?.close();
      getLogger('x').info('one');
      const handlers = [a, b];
      expect(handlers[ending]?.isClosed).toBe(true);
      expect(handlers[staying]?.isClosed).toBe(false);
      expect(messages(handlers[ending] as Noting)).toEqual(['both']);
      expect(messages(handlers[staying] as Noting)).toEqual(['both', 'one']);
      await apps[staying]?.close();
      expect(handlers[staying]?.isClosed).toBe(true);
      releaseEnded();
      expect([getLogger().handlers, getLogger().level]).toEqual([[], 30]);
    },
  );

  it('merge what they say of different loggers, without a word', async () => {
    const [a, b] = [new Noting(), new Noting()];
    const said = await saidWhile(async () => {
      const one = await start({
        ...configWith('a', a),
        root: undefined as never,
        loggers: { shop: { level: 'DEBUG', handlers: ['a'] }, both: { handlers: ['a'], level: 'INFO' } },
      });
      const two = await start({
        ...configWith('b', b),
        root: undefined as never,
        loggers: { mail: { level: 'ERROR', handlers: ['b'], propagate: false }, both: { handlers: ['b'] } },
      });
      expect([getLogger('shop').level, getLogger('mail').level, getLogger('both').level]).toEqual([
        10, 40, 20,
      ]);
      expect(getLogger('both').handlers).toEqual([a, b]);
      await one.close();
      expect([getLogger('shop').level, getLogger('shop').handlers]).toEqual([0, []]);
      expect(getLogger('both').handlers).toEqual([b]);
      expect([getLogger('mail').level, getLogger('mail').propagate]).toEqual([40, false]);
      await two.close();
      releaseEnded();
      expect([getLogger('mail').level, getLogger('mail').propagate]).toEqual([0, true]);
    });
    expect(said).toEqual([]);
  });

  it('say what cannot be merged, and keep what the first one says while it runs', async () => {
    const [a, b] = [new Noting(), new Noting()];
    const said = await saidWhile(async () => {
      const one = await start(
        configWith('main', a, { loggers: { shop: { level: 'DEBUG', propagate: false } } }),
      );
      const two = await start(
        configWith('main', b, {
          loggers: { shop: { level: 'ERROR', propagate: true } },
          root: { level: 'WARNING', handlers: ['main'] },
          disable_existing_loggers: true,
        }),
      );
      expect([getLogger('shop').level, getLogger('shop').propagate, getLogger().level]).toEqual([
        10,
        false,
        20,
      ]);
      expect(getHandlerByName('main')).toBe(a);
      expect([one.get(getHandlerToken('main')), two.get(getHandlerToken('main'))]).toEqual([a, b]);
      await one.close();
      // What the second one says counts from now on.
      expect([getLogger('shop').level, getLogger('shop').propagate, getLogger().level]).toEqual([
        40,
        true,
        30,
      ]);
      expect(getHandlerByName('main')).toBe(b);
      await two.close();
      expect(getHandlerByName('main')).toBeUndefined();
    });
    expect(said).toEqual([
      'handlers.main: the other has a handler of this name with other settings; both are used, and getHandlerByName("main") gives the other\'s; rename one',
      'loggers.shop.level: DEBUG of the other stays until it ends, not ERROR',
      'loggers.shop.propagate: false of the other stays until it ends, not true',
      'root.level: INFO of the other stays until it ends, not WARNING',
      'root.handlers: every record goes to the handlers of both; give both the same root, or put handlers on named loggers',
      'disable_existing_loggers: loggers of another application stay enabled; set it to false, or start this application first',
    ]);
  });

  it('share a handler that is the same in both, so that no line comes twice', async () => {
    const file = join(folder, 'app.log');
    const config = (level: string): LoggingConfig => ({
      version: 1,
      formatters: { line: { format: '%(message)s' } },
      handlers: { file: { class: 'logging.FileHandler', filename: file, formatter: 'line' } },
      root: { level: 'INFO', handlers: ['file'] },
      loggers: { [`only.${level}`]: { level } },
    });
    const one = await start(config('DEBUG'));
    const two = await start(config('ERROR'));
    expect(one.get(getHandlerToken('file'))).toBe(two.get(getHandlerToken('file')));
    getLogger('x').info('both');
    await one.close();
    getLogger('x').info('second');
    await two.close();
    expect(readFileSync(file, 'utf8')).toBe('both\nsecond\n');
  });

  it('write a line once where only the level of a handler differs', async () => {
    const file = join(folder, 'app.log');
    const config = (level: string): LoggingConfig => ({
      version: 1,
      formatters: { line: { format: '%(message)s' } },
      handlers: { file: { class: 'logging.FileHandler', filename: file, formatter: 'line', level } },
      root: { level: 'DEBUG', handlers: ['file'] },
    });
    const said = await saidWhile(async () => {
      const one = await start(config('INFO'));
      const two = await start(config('DEBUG'));
      getLogger('x').info('info');
      getLogger('x').debug('debug');
      await one.close();
      getLogger('x').debug('of the second');
      await two.close();
    });
    expect(readFileSync(file, 'utf8')).toBe('info\nof the second\n');
    expect(said).toEqual([expect.stringContaining('handlers.file: the other has it with another level')]);
  });

  it('do not double what two containers made of one class', async () => {
    const made: Noting[] = [];
    @Injectable()
    class Audit extends Noting {
      constructor() {
        super();
        made.push(this);
      }
    }
    const config = {
      version: 1,
      handlers: { audit: { class: Audit } },
      root: { level: 'INFO', handlers: ['audit'] },
    };
    const one = await start(config as LoggingConfig);
    const two = await start(config as LoggingConfig);
    getLogger('x').info('once');
    await one.close();
    getLogger('x').info('still');
    await two.close();
    expect(made.map(messages)).toEqual([['once'], ['still']]);
    expect(made.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('give way with the default configuration to one that was given', async () => {
    const given = new Noting();
    const byDefault = await start(undefined);
    const [console] = getLogger().handlers;
    const configured = await start(configWith('given', given));
    expect(getLogger().handlers).toEqual([given]);
    const later = await start(undefined);
    expect(getLogger().handlers).toEqual([given]);
    await configured.close();
    expect(getLogger().handlers).toEqual([console]);
    await byDefault.close();
    await later.close();
    releaseEnded();
    expect(getLogger().handlers).toEqual([]);
  });

  it('leave levels alone that were changed meanwhile', async () => {
    const [a, b] = [new Noting(), new Noting()];
    const one = await start(configWith('a', a, { loggers: { shop: { level: 'INFO' } } }));
    getLogger('shop').setLevel('DEBUG');
    const two = await start(configWith('b', b, { loggers: { mail: { level: 'INFO' } } }));
    getLogger('mail').setLevel('DEBUG');
    expect(getLogger('shop').level).toBe(10);
    await one.close();
    expect([getLogger('mail').level, getLogger('shop').level]).toEqual([10, 10]);
    await two.close();
  });

  it('follow each its own file', async () => {
    const files = ['a', 'b'].map((name) => join(folder, `${name}.json`));
    const write = (index: number, level: string) =>
      writeFileSync(
        files[index] as string,
        JSON.stringify({
          version: 1,
          handlers: { [`h${index}`]: { class: 'logging.NullHandler' } },
          loggers: { [`app${index}`]: { level, handlers: [`h${index}`] } },
        }),
      );
    write(0, 'INFO');
    write(1, 'INFO');
    const settings = { watch: true, pollMs: 50 };
    const one = await start((await loadLoggingConfig(files[0] as string, settings)) as LoggingConfig);
    const two = await start((await loadLoggingConfig(files[1] as string, settings)) as LoggingConfig);
    const levelOf = async (index: number, wanted: number) => {
      const deadline = Date.now() + 45_000;
      while (getLogger(`app${index}`).level !== wanted && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return getLogger(`app${index}`).level;
    };
    const [first] = getLogger('app0').handlers;
    write(1, 'ERROR');
    expect(await levelOf(1, 40)).toBe(40);
    write(0, 'DEBUG');
    expect(await levelOf(0, 10)).toBe(10);
    expect([getLogger('app0').handlers, getLogger('app1').level]).toEqual([[first], 40]);
    await one.close();
    write(1, 'WARNING');
    expect(await levelOf(1, 30)).toBe(30);
    expect(getLogger('app0').level).toBe(0);
    await two.close();
  });

  it('end nothing of each other if one of them is refused', async () => {
    const a = new Noting();
    const one = await start(configWith('a', a, { loggers: { shop: { level: 'DEBUG' } } }));
    const refusing = {
      filter: () => true,
      attached() {
        throw new Error('no room');
      },
    };
    await expect(
      start({
        version: 1,
        handlers: { file: { class: 'logging.FileHandler', filename: join(folder, 'b.log') } },
        root: { level: 'ERROR', handlers: ['file'], filters: [refusing] },
      }),
    ).rejects.toThrow('no room');
    expect(existsSync(join(folder, 'b.log'))).toBe(false);
    expect([getLogger().handlers, getLogger().level, getLogger('shop').level]).toEqual([[a], 20, 10]);
    getLogger('x').info('still');
    expect(messages(a)).toEqual(['still']);
    await one.close();
  });
});
