import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ActiveConfig, dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { registerComponent } from '../../../lib/config/components/component-registry.js';
import { LoggingConfigError } from '../../../lib/config/plan/config-plan.js';
import { type LoadOptions, loadLoggingConfig } from '../../../lib/config/read/load-logging-config.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { ListHandler } from '../../support/list-handler.js';
import { resetLogging } from '../../support/reset-logging.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
let active: ActiveConfig | undefined;
let outcomes: (Error | undefined)[];
let stderr: string[];

beforeEach(() => {
  resetLogging();
  outcomes = [];
  stderr = [];
  Object.defineProperty(process.stderr, 'write', {
    configurable: true,
    value: (text: string) => stderr.push(text) > 0,
  });
});
afterEach(async () => {
  Reflect.deleteProperty(process.stderr, 'write');
  await active?.close();
  active = undefined;
});
afterAll(resetLogging);

const CONFIG = (level: string, file = 'app.log') => `version: 1
formatters:
  line: { format: '${level} %(message)s' }
handlers:
  file: { class: logging.FileHandler, filename: ${folder.file(file)}, mode: w, formatter: line }
root: { level: ${level}, handlers: [file] }
`;

/** Writes the file and activates it. */
async function start(text: string, options: LoadOptions = {}, name = 'logging.yaml'): Promise<ActiveConfig> {
  writeFileSync(folder.file(name), text);
  active = dictConfig(await loadLoggingConfig(folder.file(name), settings(options)));
  return active;
}

function settings(options: LoadOptions): LoadOptions {
  return { env: {}, watch: true, pollMs: 60_000, onReload: (error) => outcomes.push(error), ...options };
}

/** Waits for so many reloads. */
async function reloads(count: number): Promise<void> {
  for (let waited = 0; outcomes.length < count && waited < 5_000; waited += 10) await sleep(10);
  expect(outcomes).toHaveLength(count);
}

describe('a file that is followed', () => {
  it('is applied when it changes', async () => {
    await start(CONFIG('INFO'));
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG'));
    await reloads(1);
    expect(outcomes).toEqual([undefined]);
    expect(getLogger().level).toBe(10);
  });

  it('is followed when it is replaced by renaming, as editors save', async () => {
    await start(CONFIG('INFO'));
    for (const [index, level] of ['DEBUG', 'ERROR', 'WARNING'].entries()) {
      writeFileSync(folder.file('logging.yaml~'), CONFIG(level));
      renameSync(folder.file('logging.yaml~'), folder.file('logging.yaml'));
      await reloads(index + 1);
    }
    expect(getLogger().level).toBe(30);
  });

  it('is followed when a link on its way is turned elsewhere, as Kubernetes does', async () => {
    const version = (name: string, level: string) => {
      mkdirSync(folder.file(name));
      writeFileSync(`${folder.file(name)}/logging.yaml`, CONFIG(level));
      symlinkSync(name, folder.file('..data_tmp'));
      renameSync(folder.file('..data_tmp'), folder.file('..data'));
    };
    version('..2026_1', 'INFO');
    symlinkSync('..data/logging.yaml', folder.file('logging.yaml'));
    active = dictConfig(await loadLoggingConfig(folder.file('logging.yaml'), settings({})));
    version('..2026_2', 'ERROR');
    rmSync(folder.file('..2026_1'), { recursive: true });
    await reloads(1);
    expect(getLogger().level).toBe(40);
    version('..2026_3', 'DEBUG');
    await reloads(2);
    expect(getLogger().level).toBe(10);
  });

  it('is polled where the system reports no changes', async () => {
    await start(CONFIG('INFO'), { pollMs: 20 });
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG'));
    await reloads(1);
    expect(getLogger().level).toBe(10);
  });

  it('takes its overlay along, even one that was not there', async () => {
    await start(CONFIG('INFO'), { environment: 'test' });
    writeFileSync(folder.file('logging.test.yaml'), 'root: { level: ERROR }\n');
    await reloads(1);
    expect(getLogger().level).toBe(40);
    rmSync(folder.file('logging.test.yaml'));
    await reloads(2);
    expect(getLogger().level).toBe(20);
  });

  it('that was changed between reading and applying is not missed', async () => {
    writeFileSync(folder.file('logging.yaml'), CONFIG('INFO'));
    const config = await loadLoggingConfig(folder.file('logging.yaml'), settings({}));
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG'));
    active = dictConfig(config);
    await reloads(1);
    expect(getLogger().level).toBe(10);
  });

  it('is not applied when it has errors: that is reported, and the next valid one is applied', async () => {
    const { handlers } = await start(CONFIG('INFO'));
    writeFileSync(folder.file('logging.yaml'), CONFIG('LOUD').replace('handlers: [file]', 'handlers: [fil]'));
    await reloads(1);
    expect(outcomes[0]).toBeInstanceOf(LoggingConfigError);
    expect(stderr.join('')).toMatch(
      /logging\.yaml has errors and was not applied.*\n.*logging\.yaml:6:9: root\.level: unknown level 'LOUD'.*\n.*handlers\.0: no handler named "fil"/,
    );
    expect(getLogger().level).toBe(20);
    expect(getLogger().handlers).toEqual([...handlers.values()]);
    getLogger().info('still');
    expect(folder.read('app.log')).toBe('INFO still\n');
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG'));
    await reloads(2);
    expect(getLogger().level).toBe(10);
  });

  it('whose handlers cannot be made changes nothing, and the place is reported', async () => {
    await start(CONFIG('INFO'));
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG', 'logging.yaml/app.log'));
    await reloads(1);
    expect(String(outcomes[0])).toMatch(/logging\.yaml:5:3: handlers\.file: /);
    expect(getLogger().level).toBe(20);
    getLogger().info('still');
    expect(folder.read('app.log')).toBe('INFO still\n');
  });

  it('goes on being followed whatever onReload throws', async () => {
    await start(CONFIG('INFO'), {
      onReload: (error) => {
        outcomes.push(error);
        throw new Error('not mine');
      },
    });
    for (const [index, level] of ['DEBUG', 'ERROR'].entries()) {
      writeFileSync(folder.file('logging.yaml'), CONFIG(level));
      await reloads(index + 1);
    }
    expect(getLogger().level).toBe(40);
    expect(stderr.join('')).toContain('onReload threw: Error: not mine');
  });

  it('may ask for levels alone, and for a whole configuration again', async () => {
    const { handlers } = await start(CONFIG('INFO'));
    const [handler] = handlers.values();
    writeFileSync(folder.file('logging.yaml'), 'version: 1\nincremental: true\nroot: { level: ERROR }\n');
    await reloads(1);
    expect([getLogger().level, getLogger().handlers]).toEqual([40, [handler]]);
    writeFileSync(folder.file('logging.yaml'), CONFIG('INFO'));
    await reloads(2);
    expect([getLogger().level, getLogger().handlers]).toEqual([20, [handler]]);
  });

  it('is followed no longer after stop, close, or another configuration', async () => {
    const stopped = await start(CONFIG('INFO'));
    stopped.following?.stop();
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG'));
    await sleep(200);
    expect(getLogger().level).toBe(20);
    await start(CONFIG('INFO'));
    const other = dictConfig({ version: 1, root: { level: 'CRITICAL' } });
    writeFileSync(folder.file('logging.yaml'), CONFIG('DEBUG'));
    await sleep(200);
    expect(getLogger().level).toBe(50);
    await other.close();
    expect(outcomes).toEqual([]);
  });

  it('is not followed unless asked', async () => {
    const { following } = await start(CONFIG('INFO'), { watch: false });
    expect(following).toBeUndefined();
  });
});

describe('a reload', () => {
  const FILE = { class: 'logging.FileHandler', mode: 'w', formatter: 'line' };
  const write = (config: object) =>
    writeFileSync(folder.file('logging.json'), JSON.stringify({ version: 1, ...config }));
  const begin = async (config: object): Promise<ActiveConfig> => {
    write(config);
    active = dictConfig(await loadLoggingConfig(folder.file('logging.json'), settings({ pollMs: 60_000 })));
    return active;
  };
  const reload = async (config: object) => {
    write(config);
    await active?.following?.reload();
    expect(outcomes.pop()).toBeUndefined();
  };
  const base = (more: object = {}) => ({
    formatters: { line: { format: '%(message)s' }, long: { format: '%(levelname)s %(message)s' } },
    filters: { shop: { name: 'shop' } },
    handlers: {
      a: { ...FILE, filename: folder.file('a.log') },
      b: { ...FILE, filename: folder.file('b.log') },
    },
    root: { level: 'INFO', handlers: ['a', 'b'] },
    ...more,
  });

  it('keeps handlers whose entry did not change, and only these', async () => {
    const { handlers } = await begin(base());
    const [a, b] = [handlers.get('a'), handlers.get('b')];
    getLogger().info('one');
    await reload(base({ handlers: { ...base().handlers, b: { ...FILE, filename: folder.file('c.log') } } }));
    expect(active?.handlers.get('a')).toBe(a);
    expect(active?.handlers.get('b')).not.toBe(b);
    getLogger().info('two');
    expect(['a.log', 'b.log', 'c.log'].map((name) => folder.read(name))).toEqual([
      'one\ntwo\n',
      'one\n',
      'two\n',
    ]);
  });

  it('sets level, formatter and filters on a handler that is kept', async () => {
    const { handlers } = await begin(base());
    const a = handlers.get('a');
    getLogger().info('one');
    const changed = {
      ...FILE,
      filename: folder.file('a.log'),
      level: 'ERROR',
      formatter: 'long',
      filters: ['shop'],
    };
    await reload(base({ handlers: { ...base().handlers, a: changed } }));
    expect(active?.handlers.get('a')).toBe(a);
    getLogger('shop').error('two');
    getLogger('shop').info('low');
    getLogger('other').error('other');
    await reload(base({ handlers: { ...base().handlers, a: { ...changed, level: 'INFO', filters: [] } } }));
    getLogger('other').info('three');
    expect(folder.read('a.log')).toBe('one\nERROR two\nINFO three\n');
  });

  it('makes a handler anew if what it refers to is made anew', async () => {
    const config = (file: string, other = 'x.log') => ({
      handlers: {
        memory: { class: 'logging.handlers.MemoryHandler', capacity: 10, target: 'out' },
        out: { class: 'logging.FileHandler', filename: folder.file(file) },
        other: { class: 'logging.FileHandler', filename: folder.file(other) },
      },
      root: { level: 'INFO', handlers: ['memory'] },
    });
    const { handlers } = await begin(config('1.log'));
    const memory = handlers.get('memory');
    getLogger().info('one');
    await reload(config('1.log', 'y.log'));
    expect(active?.handlers.get('memory')).toBe(memory);
    await reload(config('2.log', 'y.log'));
    expect(active?.handlers.get('memory')).not.toBe(memory);
    getLogger().info('two');
    await active?.close();
    expect([folder.read('1.log'), folder.read('2.log')]).toEqual(['one\n', 'two\n']);
  });

  it('takes back what the configuration before has set, and nothing else', async () => {
    registerComponent('handler', 'reloadtest.ListHandler', ListHandler);
    await begin(
      base({ loggers: { shop: { level: 'DEBUG', handlers: ['a'], filters: ['shop'], propagate: false } } }),
    );
    const own = new ListHandler();
    const [shop, late, free] = [getLogger('shop'), getLogger('late'), getLogger('shop.free')];
    shop.addHandler(own);
    late.addHandler(own);
    free.setLevel('CRITICAL');
    await reload(base());
    expect([shop.level, shop.propagate, shop.handlers, shop.filters]).toEqual([0, true, [own], []]);
    expect([shop.disabled, late.disabled, free.disabled]).toEqual([false, false, false]);
    expect([late.handlers, free.level]).toEqual([[own], 50]);
  });

  it('keeps what the program added to loggers that the file names', async () => {
    await begin(base());
    const own = new ListHandler();
    getLogger().addHandler(own);
    for (let round = 0; round < 3; round += 1)
      await reload(base({ root: { level: 'DEBUG', handlers: ['b'], filters: ['shop'] } }));
    expect(getLogger().handlers).toEqual([active?.handlers.get('b'), own]);
    expect(getLogger().filters).toHaveLength(1);
    await reload({});
    expect([getLogger().level, getLogger().handlers, getLogger().filters]).toEqual([30, [own], []]);
  });
});
