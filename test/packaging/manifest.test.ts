import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { globSync } from '../support/glob.js';
import { parseSource } from '../support/source-file.js';
import { repository, tarball } from './consumer.js';

const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((path) => path.replace(/^package\//, ''));

const ENTRIES = ['.', './core', './handlers', './testing', './live'];

describe('the packed files', () => {
  it('hold every file the manifest points to', () => {
    const targets = [manifest.main, manifest.types, ...stringsIn(manifest.exports)];
    expect(targets.filter((target: string) => !packed.includes(target.replace(/^\.\//, '')))).toEqual([]);
  });

  it('hold the licence, the readme and the changelog', () => {
    expect(packed).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md']));
  });

  it('hold nothing else but dist/ and the JSON Schema', () => {
    const others = packed.filter((path) => !path.startsWith('dist/'));
    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
      'schema/logging.schema.json',
    ]);
  });

  it('hold code, types and the licence of what is bundled alone in dist/', () => {
    const others = packed.filter((path) => path.startsWith('dist/') && !/\.(js|d\.ts)$/.test(path));
    expect(others.sort()).toEqual([
      'dist/LICENSE-fastest-levenshtein.md',
      'dist/LICENSE-preact.md',
      'dist/LICENSE-valibot.md',
      'dist/cjs/package.json',
    ]);
  });
});

describe('the exports', () => {
  it.each(ENTRIES)('%s offers module-sync before import before require', (entry) => {
    expect(Object.keys(manifest.exports[entry])).toEqual(['module-sync', 'import', 'require']);
  });

  it.each(ENTRIES)(
    '%s offers the same file to module-sync and import, or all handlers beside it',
    (entry) => {
      const { 'module-sync': sync, import: imported } = manifest.exports[entry];
      const loadsHandlers = entry === '.' || entry === './core';
      const file = loadsHandlers ? sync.default.replace('/esm/', '/esm/whole/') : sync.default;
      expect(imported).toEqual({ ...sync, default: file });
    },
  );

  it('keep what the files with all handlers do from being dropped by bundlers', () => {
    const whole = ['.', './core'].map((entry) => manifest.exports[entry].import.default);
    const { import: esm, require: cjs } = manifest.exports['./handlers'];
    expect(manifest.sideEffects).toEqual(expect.arrayContaining([...whole, esm.default, cjs.default]));
  });

  it('give each condition its types first', () => {
    const conditions = ENTRIES.flatMap((entry) => Object.values(manifest.exports[entry]));
    expect(conditions.map((condition) => Object.keys(condition as object)[0])).toEqual(
      new Array(15).fill('types'),
    );
  });
});

describe('the built code', () => {
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  const scripts = globSync(join(repository, 'dist/esm'), '.js');

  it('imports declared packages alone', () => {
    const foreign = scripts
      .flatMap((path) => parseSource(path, readFileSync(join(repository, 'dist/esm', path), 'utf8')).imports)
      .map(({ specifier }) => specifier)
      .filter((specifier) => !/^(\.|node:)/.test(specifier) && !declared.has(packageName(specifier)));
    expect(foreign).toEqual([]);
  });

  it('has lines that can be read where an error shows one', () => {
    const long = scripts
      // Programs of one piece: a worker's, and the page, which a browser shows and not a stack trace.
      .filter((path) => !['worker.js', 'chunks/page-content.js'].includes(path))
      .flatMap((path) => readFileSync(join(repository, 'dist/esm', path), 'utf8').split('\n'))
      .filter((line) => line.length > 2_000 && !/^(\/\/#|import |export )/.test(line));
    expect(long).toEqual([]);
  });

  it('takes no more space than it needs', () => {
    const bytes = ['.js', '.d.ts']
      .flatMap((extension) => globSync(join(repository, 'dist'), extension))
      .reduce((sum, path) => sum + statSync(join(repository, 'dist', path)).size, 0);
    // The code in two formats is 2.8 MB, the program of a worker thread, in one file, 0.6, the types 0.5, the page 0.1.
    expect(bytes).toBeLessThan(4_180_000);
  });

  it('keeps the doc comments in the types', () => {
    const chunks = globSync(join(repository, 'dist/cjs/chunks'), '.d.ts').map((path) =>
      readFileSync(join(repository, 'dist/cjs/chunks', path), 'utf8'),
    );
    expect(chunks.join('\n')).toContain('/** The application cannot go on.');
  });

  it('has types that compile by themselves', () => {
    const files = globSync(join(repository, 'dist'), 'index.d.ts').map((path) => join('dist', path));
    const errors = compile(files).filter((line) => line.startsWith('dist/'));
    expect(errors).toEqual([]);
  });
});

describe('the package linters', () => {
  it('publint finds nothing', async () => {
    const data = readFileSync(tarball);
    const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  it('are-the-types-wrong finds nothing', () => {
    // Not among the packages of `npm ci`: it brings a compiler of its own.
    const npx = ['--yes', '--package=@arethetypeswrong/cli@0.18.5', '--', 'attw'];
    const flags = [
      '--format',
      'json',
      '--profile',
      'node16',
      '--exclude-entrypoints',
      './worker',
      '--',
      tarball,
    ];
    const { analysis, problems } = JSON.parse(run('npx', [...npx, ...flags]));
    expect(analysis.types).toEqual({ kind: 'included' });
    expect(problems ?? analysis.problems).toEqual({});
  });
});

describe('the lock file', () => {
  const text = readFileSync(join(repository, 'package-lock.json'), 'utf8');

  it('names no registry', () => {
    expect(text).not.toContain('"resolved"');
  });

  it('holds the packages of every platform', () => {
    const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(text);
    const names = Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ''));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies }) =>
      Object.keys(optionalDependencies ?? {}),
    );
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  });
});

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

function stringsIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(stringsIn);
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function compile(files: readonly string[]): string[] {
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
  const tsc = join(repository, 'node_modules/@typescript/native/bin/tsc');
  return run(process.execPath, [tsc, '--ignoreConfig', ...flags, ...files]).split('\n');
}

/** Runs a tool in the repository; these fail when they find something, which the caller reads from the text. */
function run(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
