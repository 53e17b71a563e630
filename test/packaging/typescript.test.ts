import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer, repository } from './consumer.js';

const nodeNext = { module: 'NodeNext', moduleResolution: 'NodeNext' };
const bundler = { module: 'ES2022', moduleResolution: 'bundler' };

/**
 * The oldest compiler that the README promises, and one of each line since, which check all declarations for some ten seconds
 * each: how modules are found is tried with the oldest and the newest, and in turns with those between.
 */
const compilers = [
  { version: '5.4', settings: [nodeNext, bundler] },
  { version: '5.6', settings: [nodeNext] },
  { version: '5.7', settings: [bundler] },
  { version: '5.9', settings: [nodeNext] },
  { version: '6', settings: [bundler] },
  { version: '7', settings: [nodeNext, bundler] },
];

describe('the declarations, checked with the libraries (skipLibCheck: false)', () => {
  let app: Consumer;

  beforeAll(async () => {
    app = await Consumer.create('module', [
      '@nestjs/common@12',
      '@nestjs/core@12',
      '@nestjs/platform-express@12',
      '@types/node@20',
      'reflect-metadata@0.2',
      'rxjs@7',
      ...compilers.map(({ version }) => `typescript-${version}@npm:typescript@${version}`),
    ]);
    await app.write('main.ts', await readFile(join(repository, 'test/packaging/app/main.ts'), 'utf8'));
    await app.write('testing.ts', "export { captureLogs } from 'nestjs-logging/testing';\n");
  });
  afterAll(() => app?.remove());

  it.each(compilers.flatMap(({ version, settings }) => settings.map((options) => ({ version, ...options }))))(
    'compile with TypeScript $version ($moduleResolution)',
    async ({ version, ...options }) => {
      const compilerOptions = { ...strictOptions, ...options };
      await app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['main.ts', 'testing.ts'] }));
      const compiler = `node_modules/typescript-${version}/bin/tsc`;
      const printed = await app.node(compiler, '--noEmit').catch((error: { stdout: string }) => error.stdout);
      // Other packages answer for theirs.
      const errors = printed
        .split('\n')
        .filter((line) => /^(main|testing|node_modules\/nestjs-logging)/.test(line));
      expect(errors).toEqual([]);
    },
  );
});

const strictOptions = {
  strict: true,
  target: 'ES2022',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: ['node'],
};
