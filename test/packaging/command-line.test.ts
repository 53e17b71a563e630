import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer, repository } from './consumer.js';

describe('the packed command line', () => {
  let app: Consumer;
  beforeAll(async () => {
    app = await Consumer.create('module', ['yaml']);
    await app.write(
      'logging.yaml',
      'version: 1\nhandlers: { out: { class: logging.StreamHandler } }\nroot: { handlers: [out] }\n',
    );
  });
  afterAll(() => app.remove());
  const command = (...args: string[]) => app.exec(join(app.folder, 'node_modules/.bin/nestjs-logging'), args);

  it('is a command of the application', async () => {
    expect(await command('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('checks and shows a file', async () => {
    expect(await command('check', 'logging.yaml')).toBe('logging.yaml: ok, 1 logger, 1 handler\n');
    expect(await command('tree', 'logging.yaml')).toContain('Handler out: StreamHandler');
  });

  it('checks classes that a module of the application registers, whichever way it loads this package', async () => {
    await app.write('own.json', '{ "version": 1, "handlers": { "a": { "class": "acme.Audit" } } }');
    const register = `({ Handler, registerComponent }) => registerComponent('handler', 'acme.Audit', class extends Handler {})`;
    await app.write(
      'register.mjs',
      `import * as logging from 'nestjs-logging/core';\n(${register})(logging);\n`,
    );
    await app.write('register.cjs', `(${register})(require('nestjs-logging/core'));\n`);
    for (const module of ['./register.mjs', './register.cjs']) {
      expect(await command('check', 'own.json', '--import', module)).toMatch(/^own\.json: ok/);
    }
  });

  it('prints the schema that is exported too', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { loggingJsonSchema } from 'nestjs-logging/core';
      const required = createRequire(import.meta.url);
      const texts = [required('nestjs-logging/schema.json'), loggingJsonSchema(),
        required('nestjs-logging/core').loggingJsonSchema()].map((schema) => JSON.stringify(schema));
      console.log(new Set(texts).size, texts[0].slice(0, 11));`;
    expect(await app.node('--input-type=module', '-e', script)).toBe('1 {"$schema":\n');
    expect(JSON.parse(await command('schema'))).toHaveProperty('definitions.RotatingFileHandler');
  });
});

describe('the packed types of defineLogging', () => {
  let app: Consumer;
  beforeAll(async () => {
    app = await Consumer.create('module');
  });
  afterAll(() => app.remove());

  it.each(['module', 'commonjs'])('know what an application adds: %s', async (type) => {
    await app.write('package.json', JSON.stringify({ name: 'app', private: true, type }));
    await app.write(
      'logging.ts',
      `import { defineLogging, Handler, type HandlerOptions } from 'nestjs-logging/core';
export class AuditHandler extends Handler {
  constructor(readonly options: HandlerOptions & { url: string }) { super(options); }
  emit(): void {}
}
declare module 'nestjs-logging/core' {
  interface RegisteredHandlers { 'acme.Audit': typeof AuditHandler }
}
defineLogging({ version: 1, handlers: { a: { class: 'acme.Audit', url: 'https://audit', level: 'INFO' } } });
// @ts-expect-error no url
defineLogging({ version: 1, handlers: { a: { class: 'acme.Audit' } } });
`,
    );
    const tsc = join(repository, 'node_modules/@typescript/native/bin/tsc');
    const types = join(repository, 'node_modules/@types');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
    expect(await app.node(tsc, ...flags, '--typeRoots', types, '--types', 'node', 'logging.ts')).toBe('');
  });
});
