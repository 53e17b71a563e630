/**
 * The library for programs that tests start: bundled as the package is, with each file of lib/ in its place, which takes
 * what it exports from the bundle. Loading 500 files one by one takes three times as long, and the tests start hundreds
 * of programs.
 *
 * As a program: builds it where it is older than the sources.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const sources = path.join(repository, 'lib');
const folder = path.join(repository, 'node_modules/.cache/compiled-sources/lib');

/** True if the library was built from these very sources. */
export function isLibraryFresh() {
  try {
    return readFileSync(stampOf(folder), 'utf8') === stateOfSources();
  } catch {
    return false;
  }
}

async function build() {
  const { bundleFiles } = await import('../../scripts/bundles.mjs');
  const { projectPackages: packages } = await import('../../scripts/packages.mjs');
  const { buildPage } = await import('../../scripts/build-page.mjs');
  const state = stateOfSources();
  const files = sourceFiles().filter((name) => name.endsWith('.ts') && !name.startsWith('live/page/'));
  const draft = `${folder}.${process.pid}`;
  await bundleFiles(files, { dir: draft, packages, page: buildPage(packages) });
  writeFileSync(stampOf(draft), state);
  replace(folder, draft);
}

/** Another test may have been quicker; what it built is as good. */
function replace(target, draft) {
  const old = `${draft}.old`;
  try {
    if (!isLibraryFresh()) {
      rmSync(old, { recursive: true, force: true });
      mkdirSync(target, { recursive: true });
      renameSync(target, old);
      renameSync(draft, target);
    }
  } finally {
    for (const name of [draft, old]) rmSync(name, { recursive: true, force: true });
  }
}

/** What the bundle depends on: names and times of files. */
function stateOfSources() {
  const scripts = ['bundles.mjs', 'build-page.mjs'].map((name) => path.join('../scripts', name));
  const times = [...sourceFiles(), ...scripts].map((name) => {
    const { mtimeMs } = statSync(path.join(sources, name));
    return `${name} ${mtimeMs}\n`;
  });
  return times.join('');
}

function sourceFiles() {
  return readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(sources, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function stampOf(library) {
  return path.join(library, 'built-from.txt');
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isLibraryFresh()) await build();
