import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformFile } from '@swc/core';
import { Consumer, repository } from './consumer.js';

const applications = [
  { nest: 12, type: 'module', moduleType: 'es6' },
  { nest: 11, type: 'commonjs', moduleType: 'commonjs' },
] as const;

const compilers: [version: number, path: string][] = [
  [6, '@typescript/old/bin/tsc'],
  [7, '@typescript/native/bin/tsc'],
];

describe.each(applications)(
  'the packed package in an empty Nest $nest application ($type)',
  (application) => {
    const { nest, type, moduleType } = application;
    const source = join(repository, 'test/packaging/app/main.ts');
    let app: Consumer;
    let log: string;
    let printed: string;

    beforeAll(async () => {
      app = await Consumer.create(type, [
        `@nestjs/common@${nest}`,
        `@nestjs/core@${nest}`,
        `@nestjs/platform-express@${nest}`,
        'reflect-metadata@0.2',
        'rxjs@7',
      ]);
      const { code } = await transformFile(source, {
        swcrc: false,
        module: { type: moduleType },
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      });
      await app.write('main.js', code);
      printed = await app.exec(process.execPath, ['main.js'], { LOG_FILE: join(app.folder, 'app.log') });
      log = await readFile(join(app.folder, 'app.log'), 'utf8');
    });
    afterAll(() => app?.remove());

    it('answers', () => {
      expect(JSON.parse(printed).orders).toEqual([200, '{"paid":7}', 500]);
    });

    it('serves the page of ./live, whose policy lets its own script run', () => {
      const [status, policy, html] = JSON.parse(printed).page as [number, string, string];
      const script = /<script type="module">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
      expect([status, script.length > 10_000]).toEqual([200, true]);
      expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    });

    it('shares the registry with ./live', () => {
      expect(JSON.parse(printed).loggers.loggers).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'shop.orders', effectiveLevel: 'DEBUG', levelOf: 'shop.orders' }),
        ]),
      );
    });

    it('logs what the service logs, with its extra', () => {
      expect(log).toContain('INFO|shop.orders|order 7 paid|123\n');
    });

    it('logs one access record a request', () => {
      expect(log.match(/^INFO\|nest\.server\|/gm)).toHaveLength(1);
      expect(log.match(/^ERROR\|nest\.server\|/gm)).toHaveLength(1);
    });

    it('logs the failure once, with its traceback', () => {
      expect(log.match(/^ERROR\|nest\.request\|/gm)).toHaveLength(1);
      expect(log.match(/Error: out of order/g)).toHaveLength(1);
    });

    it('logs what Nest logs', () => {
      expect(log).toContain('INFO|nest.NestFactory|');
    });

    it('shares the registry with ./core', () => {
      expect(log).toContain('WARNING|shop|closing|-\n');
    });

    it.each(compilers)('has types that TypeScript %i accepts', async (_version, tsc) => {
      await app.write('main.ts', await readFile(source, 'utf8'));
      await app.write(
        'tsconfig.json',
        JSON.stringify({ compilerOptions: strictOptions, files: ['main.ts'] }),
      );
      const compiler = join(repository, 'node_modules', tsc);
      const errors = await app.node(compiler, '--noEmit').catch((error: { stdout: string }) => error.stdout);
      expect(errors).toBe('');
    });
  },
);

const strictOptions = {
  strict: true,
  target: 'ES2023',
  module: 'NodeNext',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  typeRoots: [join(repository, 'node_modules/@types')],
  types: ['node'],
};
