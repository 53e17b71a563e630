import { cpSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer } from './consumer.js';

describe('the packed package without Nest', () => {
  let app: Consumer;
  beforeAll(async () => {
    app = await Consumer.create('module');
  });
  afterAll(() => app.remove());

  it('is installed without any @nestjs package', () => {
    expect(existsSync(join(app.folder, 'node_modules/@nestjs'))).toBe(false);
  });

  it('imports ./core', async () => {
    const script = `
      import { getLogger } from 'nestjs-logging/core';
      console.log(getLogger('shop.orders').name);`;
    expect(await app.node('--input-type=module', '-e', script)).toBe('shop.orders\n');
  });

  it('requires ./core', async () => {
    const script = `console.log(require('nestjs-logging/core').getLogger('shop.orders').name);`;
    expect(await app.node('--input-type=commonjs', '-e', script)).toBe('shop.orders\n');
  });

  it('loads no module of Node that is slow to load, and no file but two of its own', async () => {
    const slow = `
      const slow = ['crypto', 'dgram', 'http', 'https', 'net', 'os', 'stream', 'tls', 'worker_threads', 'zlib'];
      console.log(slow.filter((name) => process.moduleLoadList.includes('NativeModule ' + name)).join());`;
    await app.write('slow.mjs', `import 'nestjs-logging/core'; ${slow}`);
    await app.write('slow.cjs', `require('./node_modules/nestjs-logging/dist/cjs/core.js'); ${slow}`);
    expect(await app.node('slow.mjs')).toBe('\n');
    expect(await app.node('slow.cjs')).toBe('\n');
    const files = loadedFrom(join(app.folder, 'node_modules/nestjs-logging/dist/esm'), 'core.js');
    expect(files.map(({ name }) => name)).toEqual(['core.js', 'chunks/logging.js']);
    // Node parses all of it, 10 to 35 ms for each megabyte.
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(730_000);
  });

  it.each([
    ['where Node can require ES modules', []],
    ['where it cannot', ['--no-experimental-require-module']],
  ])('loads the handlers that send records when a configuration names one, %s', async (_, flags) => {
    const script = `
      import { dictConfig, getHandlerByName, shutdown } from 'nestjs-logging/core';
      const handlers = { log: { class: 'logging.handlers.SysLogHandler', address: ['127.0.0.1', 9] } };
      dictConfig({ version: 1, handlers, root: { handlers: ['log'] } });
      const { SysLogHandler, StreamHandler } = await import('nestjs-logging/handlers');
      console.log(getHandlerByName('log') instanceof SysLogHandler, typeof StreamHandler);
      await shutdown();`;
    expect(await app.node(...flags, '--input-type=module', '-e', script)).toBe('true function\n');
  });

  it('loads them in CommonJS', async () => {
    const script = `
      const { planConfig } = require('nestjs-logging/core');
      const { LokiHandler } = require('nestjs-logging/handlers');
      const handlers = { log: { class: 'LokiHandler', url: 'http://localhost:3100' } };
      console.log(planConfig({ version: 1, handlers }).handlers[0].type === LokiHandler);`;
    for (const flags of [[], ['--no-experimental-require-module']])
      expect(await app.node(...flags, '--input-type=commonjs', '-e', script)).toBe('true\n');
  });

  it('needs their file for nothing else, and says what to do where it is missing', async () => {
    const script = `
      import { planConfig, registerComponent } from 'nestjs-logging/core';
      registerComponent('handler', 'acme.AuditHandler', class {});
      const plan = (type) => planConfig({ version: 1, handlers: { log: { class: type } } });
      console.log(plan('StreamHandler').handlers.length);
      try { plan('Streamhandler'); } catch (error) { console.log(error.message); }
      try { plan('LokiHandler'); } catch (error) { console.log(error.message); }`;
    const files = ['esm', 'cjs'].map((format) =>
      join(app.folder, `node_modules/nestjs-logging/dist/${format}/handlers.js`),
    );
    for (const file of files) renameSync(file, `${file}.away`);
    try {
      const [planned, typo, missing] = (await app.node('--input-type=module', '-e', script)).split('\n');
      expect(planned).toBe('1');
      expect(typo).toMatch(
        /handlers\.log\.class: no handler class .*"Streamhandler"; did you mean "StreamHandler"\?/,
      );
      expect(missing).toMatch(
        /handlers\.log\.class: the handlers that send records cannot be loaded here \(.*\); import 'nestjs-logging\/handlers' before the configuration is applied/,
      );
    } finally {
      for (const file of files) renameSync(`${file}.away`, file);
    }
  });

  it('loads their CommonJS where the ES module cannot be required, as in Jest', async () => {
    const file = join(app.folder, 'node_modules/nestjs-logging/dist/esm/handlers.js');
    const whole = readFileSync(file, 'utf8');
    // What Node says of a module that is to be required and may not be.
    await app.write(relative(app.folder, file), `await 0;\n${whole}`);
    const script = `
      import { createRequire } from 'node:module';
      import { dictConfig, getHandlerByName, getLogger, getLoggingStats, shutdown } from 'nestjs-logging/core';
      const handlers = { log: { class: 'SysLogHandler', address: ['127.0.0.1', 9], level: 'INFO' } };
      dictConfig({ version: 1, handlers, root: { level: 'INFO', handlers: ['log'] } });
      getLogger('shop').info('open');
      const { SysLogHandler } = createRequire(import.meta.url)('./node_modules/nestjs-logging/dist/cjs/handlers.js');
      console.log(getHandlerByName('log') instanceof SysLogHandler);
      await shutdown();
      console.log(getLoggingStats().handlers.map(({ name, delivered }) => name + delivered).join());`;
    try {
      expect(await app.node('--input-type=module', '-e', script)).toBe('true\nlog1\n');
    } finally {
      await app.write(relative(app.folder, file), whole);
    }
  });

  it('makes the classes that the program has imported', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { planConfig } from 'nestjs-logging/core';
      import { LokiHandler } from 'nestjs-logging/handlers';
      const plan = (core) => core({ version: 1, handlers: { log: { class: 'LokiHandler', url: 'http://localhost:3100' } } });
      const required = createRequire(import.meta.url)('nestjs-logging/core').planConfig;
      console.log(plan(planConfig).handlers[0].type === LokiHandler, plan(required).handlers[0].type === LokiHandler);`;
    expect(await app.node('--input-type=module', '-e', script)).toBe('true true\n');
    // Two copies, each with its own.
    expect(await app.node('--no-experimental-require-module', '--input-type=module', '-e', script)).toBe(
      'true false\n',
    );
  });

  it('runs no file of an application in which a bundler put it', async () => {
    const { folder } = app;
    cpSync(join(folder, 'node_modules/nestjs-logging/dist/esm'), join(folder, 'bundled/dist'), {
      recursive: true,
      filter: (name) => !name.endsWith('handlers.js'),
    });
    for (const name of ['bundled/handlers.js', 'bundled/dist/handlers.js'])
      await app.write(name, "console.log('not asked for');\n");
    await app.write(
      'bundled/dist/program.js',
      `import { planConfig } from './core.js';
      try { planConfig({ version: 1, handlers: { log: { class: 'LokiHandler' } } }); }
      catch (error) { console.log(error.message); }`,
    );
    expect(await app.node('bundled/dist/program.js')).toMatch(
      /^Unable to configure logging\. handlers\.log\.class: the handlers that send records cannot be loaded here .*\n$/,
    );
  });

  it('runs no file of an application that has a global require', async () => {
    await app.write('handlers.js', "console.log('a file of the application');");
    await app.write(
      'start.mjs',
      `import { createRequire } from 'node:module';
       import { planConfig } from 'nestjs-logging/core';
       globalThis.require = createRequire(new URL('somewhere/main.js', import.meta.url));
       const handlers = { log: { class: 'LokiHandler', url: 'http://localhost:3100' } };
       console.log(planConfig({ version: 1, handlers }).handlers[0].type.name);`,
    );
    expect(await app.node('start.mjs')).toBe('LokiHandler\n');
  });

  it('gives one copy to import and require where Node can require ES modules', async () => {
    expect(await app.node('--input-type=module', '-e', sameCopy)).toBe(
      '{"sameModule":true,"sameLogger":true}\n',
    );
  });

  it('gives one registry to both copies where Node cannot', async () => {
    const printed = await app.node('--no-experimental-require-module', '--input-type=module', '-e', sameCopy);
    expect(printed).toBe('{"sameModule":false,"sameLogger":true}\n');
  });

  it('passes records from the loggers of one copy to the handlers of the other', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { getLogger } from 'nestjs-logging/core';
      const other = createRequire(import.meta.url)('nestjs-logging/core');
      const lines = [];
      class ListHandler extends other.Handler { emit(record) { lines.push(this.format(record)); } }
      const handler = new ListHandler();
      handler.setFormatter(new other.Formatter({ format: '%(levelname)s:%(name)s:%(message)s' }));
      getLogger().addHandler(handler);
      getLogger('shop').warning('order %d', 7);
      console.log(lines.join());`;
    const printed = await app.node('--no-experimental-require-module', '--input-type=module', '-e', script);
    expect(printed).toBe('WARNING:shop:order 7\n');
  });

  it('names its functions in stack traces', async () => {
    const script = `
      import { getLogger } from 'nestjs-logging/core';
      try { getLogger(1); } catch (error) { console.log(error.stack); }`;
    const printed = await app.node('--input-type=module', '-e', script);
    expect(printed).toMatch(/at Manager\.getLogger .*nestjs-logging\/dist\/esm\/chunks\/logging\.js:\d+:\d+/);
  });
});

/** A file and what it imports of the package, with their sizes. */
function loadedFrom(folder: string, name: string): { name: string; bytes: number }[] {
  const text = readFileSync(join(folder, name), 'utf8');
  const imported = [...text.matchAll(/^import .*?"\.\/(.*?)";$/gm)].map(([, file]) => file as string);
  return [{ name, bytes: statSync(join(folder, name)).size }].concat(
    imported.flatMap((file) => loadedFrom(folder, join(dirname(name), file))),
  );
}

const sameCopy = `
  import { createRequire } from 'node:module';
  import * as imported from 'nestjs-logging/core';
  const required = createRequire(import.meta.url)('nestjs-logging/core');
  console.log(JSON.stringify({
    sameModule: imported.getLogger === required.getLogger,
    sameLogger: imported.getLogger('x') === required.getLogger('x'),
  }));`;
