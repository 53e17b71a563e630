import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPage, repository } from '../support/docs/markdown.js';

/** What CONTRIBUTING.md adds to this repository, each with the file that it goes into. */
const additions = readPage('CONTRIBUTING.md').blocks.flatMap(({ flags, text }) => {
  const path = flags.get('into');
  return path === undefined ? [] : [{ path, text }];
});

/** It compiles the library twice. */
const MOST_MS = 600_000;

describe('a handler that is added as CONTRIBUTING.md shows it', () => {
  let copy = '';
  beforeAll(() => {
    copy = copyRepository();
    for (const { path, text } of additions) {
      mkdirSync(join(copy, dirname(path)), { recursive: true });
      appendFileSync(join(copy, path), text);
    }
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('is its own file, a line in the list of its room, and a test', () => {
    expect(additions.map(({ path, text }) => [path, text.trimEnd().split('\n').length])).toEqual([
      ['lib/handlers/memory/tail.handler.ts', expect.any(Number)],
      ['lib/handlers/memory/components.ts', 1],
      ['test/handlers/memory/tail.handler.test.ts', expect.any(Number)],
    ]);
  });

  it(
    'compiles, its name and options in a configuration included',
    async () => {
      const project = { extends: './tsconfig.json', include: ['lib/*.ts', 'test/handlers'] };
      writeFileSync(join(copy, 'tsconfig.added.json'), JSON.stringify(project));
      const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
      expect(await run(copy, compiler, '-p', 'tsconfig.added.json', '--pretty', 'false')).toBe('');
    },
    MOST_MS,
  );

  it(
    'passes its test, and the rules of the architecture',
    async () => {
      const jest = join(repository, 'node_modules/jest/bin/jest.js');
      // Its programs would be built where those of this repository are.
      const config = `import base from './jest.config.js';\nexport default { ...base, globalSetup: undefined };\n`;
      writeFileSync(join(copy, 'jest.added.config.js'), config);
      const flags = [
        '-i',
        '--config=jest.added.config.js',
        '--reporters=default',
        `--cacheDirectory=${join(copy, '.jest')}`,
      ];
      const printed = await run(copy, '--experimental-vm-modules', jest, ...flags);
      expect(printed).toMatch(/^Test Suites: 3 passed, 3 total$/m);
    },
    MOST_MS,
  );

  it(
    'is in the JSON Schema and in the reference',
    async () => {
      writeFileSync(
        join(copy, 'print.ts'),
        `import { loggingSchema } from './test/support/schema/logging-schema.js';
         import { componentReference } from './test/support/docs/option-tables.js';
         const text = JSON.stringify({ schema: loggingSchema(), reference: componentReference() });
         process.stdout.write(text, () => process.exit());`,
      );
      const { schema, reference } = JSON.parse(
        await run(copy, '--import', './test/support/ts-loader.mjs', 'print.ts'),
      );
      expect(schema.definitions.TailHandler).toMatchObject({
        description: 'Keeps the last lines in memory, for a page that shows them.',
        properties: { capacity: { description: 'The most lines that are kept.', default: 100 } },
      });
      expect(reference).toMatch(
        /\n### TailHandler\n\n\| key .*\n.*\n\| `capacity` \| .* \| `100` \| The most lines that are kept\. \|\n/,
      );
    },
    MOST_MS,
  );
});

/** What is needed of this repository to compile the library and to test it. */
function copyRepository(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'add-a-handler-')));
  const files = [
    'package.json',
    'tsconfig.json',
    'jest.config.js',
    'lib',
    'test/support',
    'test/architecture',
  ];
  for (const path of files) cpSync(join(repository, path), join(copy, path), { recursive: true });
  // Jest looks for tests there, and must find none.
  mkdirSync(join(copy, 'sample-app'));
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** What a program of Node prints, on both streams; that of one that fails too. */
function run(cwd: string, ...args: string[]): Promise<string> {
  // The tests in the copy are not tests of this repository: nobody counts them.
  const { JEST_WORKER_ID, TEST_COUNTS_FILE, TEST_FAILURES_FILE, NODE_OPTIONS, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
