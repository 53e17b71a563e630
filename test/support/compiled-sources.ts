import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isLibraryFresh } from './compiled-library.mjs';
import { swcOptions } from './swc-options.mjs';

/**
 * The sources as JavaScript, in a tree of the same shape under node_modules/.cache: plain `node` starts a program of them
 * in a fraction of the time that it takes through the module hooks of ts-loader.mjs, and the tests start hundreds.
 */
const repository = fileURLToPath(new URL('../../', import.meta.url));
const tree = join(repository, 'node_modules/.cache/compiled-sources');
const programs = join(tree, 'programs');
/** No test takes so long. */
const PROGRAM_LIFE_MS = 3_600_000;
const require = createRequire(import.meta.url);
let isFresh = false;

/** The JavaScript of a TypeScript file of this repository, compiled with all others that changed. */
export function compiledFile(file: string): string {
  refresh();
  return join(tree, relative(repository, file).replace(/\.ts$/, '.js'));
}

/** The same as a URL, for a program that imports it. */
export function compiledUrl(url: URL): string {
  return pathToFileURL(compiledFile(fileURLToPath(url))).href;
}

/** The folder of this package, of which the entry points are JavaScript. */
export function compiledPackage(): string {
  refresh();
  return tree;
}

/** Writes a program in TypeScript into a folder of its own, where it can import what the sources can. @returns Its file, `program.js`. */
export function compiledProgram(source: string): string {
  refresh();
  const file = join(mkdtempSync(join(programs, 'program-')), 'program.js');
  writeFileSync(file, compile(source, 'program.ts'));
  return file;
}

/**
 * Compiles the TypeScript of an application outside of this repository, each file beside its source, and lets it find this
 * package as it is here.
 */
export function compileFolder(folder: string): void {
  refresh();
  compileInPlace(folder);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  link(tree, join(folder, 'node_modules/nestjs-logging'));
}

/** Never enters node_modules: a link there may lead to the programs of other tests, which come and go meanwhile. */
function compileInPlace(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const source = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') compileInPlace(source);
    else if (entry.isFile() && entry.name.endsWith('.ts'))
      writeFileSync(source.replace(/\.ts$/, '.js'), compile(readFileSync(source, 'utf8'), source));
  }
}

/** Once for each test file: sources do not change while it runs. */
function refresh(): void {
  if (isFresh) return;
  mkdirSync(tree, { recursive: true });
  if (!isLibraryFresh())
    execFileSync(process.execPath, [join(repository, 'test/support/compiled-library.mjs')]);
  for (const room of ['test', 'sample-app']) refreshRoom(join(repository, room), join(tree, room));
  const { exports: _, ...manifest } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const entries = { '.': './lib/index.js', './*': './lib/*.js' };
  put(
    join(tree, 'package.json'),
    JSON.stringify({ ...manifest, exports: { ...entries, './package.json': './package.json' } }),
  );
  removeOldPrograms();
  // The last for the packages that come with the first test run.
  for (const name of ['dist', 'schema', 'test/node_modules']) link(join(repository, name), join(tree, name));
  isFresh = true;
}

function refreshRoom(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.name === 'node_modules') continue;
    // The sample application's own would keep it from finding this package.
    if (entry.name === 'package.json' && from.endsWith('sample-app')) continue;
    if (entry.isDirectory()) refreshRoom(source, join(to, entry.name));
    else if (entry.isFile()) refreshFile(source, join(to, entry.name.replace(/(?<!\.d)\.ts$/, '.js')));
  }
}

function refreshFile(source: string, target: string): void {
  const { mtime, mtimeMs } = statSync(source);
  if (Math.abs(mtimeMs - (statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0)) < 1) return;
  put(
    target,
    target.endsWith('.js') && source.endsWith('.ts')
      ? compile(readFileSync(source, 'utf8'), source)
      : undefined,
    {
      source,
      mtime,
    },
  );
}

function removeOldPrograms(): void {
  mkdirSync(programs, { recursive: true });
  for (const name of readdirSync(programs)) {
    const folder = join(programs, name);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > PROGRAM_LIFE_MS) rmSync(folder, { recursive: true, force: true });
  }
}

/** Several tests may do so at once: each file is there whole or not at all. */
function put(target: string, text: string | undefined, like?: { source: string; mtime: Date }): void {
  const unfinished = `${target}.${process.pid}`;
  if (text === undefined) copyFileSync(like?.source ?? '', unfinished);
  else writeFileSync(unfinished, text);
  if (like !== undefined) utimesSync(unfinished, like.mtime, like.mtime);
  renameSync(unfinished, target);
}

function link(source: string, target: string): void {
  try {
    symlinkSync(source, target);
  } catch {
    // It is there.
  }
}

function compile(source: string, filename: string): string {
  const { transformSync } = require('@swc/core') as typeof import('@swc/core');
  return transformSync(source, { ...swcOptions, sourceMaps: false, filename }).code;
}
