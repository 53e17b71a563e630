import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const bench = path.join(import.meta.dirname, '..');
const modules = path.join(bench, 'node_modules');

/** Installs what is compared with into bench/node_modules, unless the very same versions are there. */
export function installPeers(onProgress) {
  const manifest = readFileSync(path.join(bench, 'package.json'), 'utf8');
  const stamp = path.join(modules, '.installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest) return;
  onProgress('installing what is compared with …');
  const flags = ['--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags], {
    cwd: bench,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, manifest);
}

/**
 * Copies a build of the library to where a user's package manager would put it: it then shares Nest with the
 * others, and is imported by its name.
 *
 * @param root Folder with the library's package.json and dist/.
 */
export function installLibrary(root) {
  if (!existsSync(path.join(root, 'dist/esm/core.js'))) {
    throw new Error(`${root} holds no build of the library; run "npm run build" first`);
  }
  const target = path.join(modules, 'nestjs-logging');
  rmSync(target, { recursive: true, force: true });
  cpSync(path.join(root, 'package.json'), path.join(target, 'package.json'));
  cpSync(path.join(root, 'dist'), path.join(target, 'dist'), { recursive: true });
}

/** The versions that are compared, by package. */
export function versions() {
  const { dependencies } = JSON.parse(readFileSync(path.join(bench, 'package.json'), 'utf8'));
  const library = JSON.parse(readFileSync(path.join(modules, 'nestjs-logging/package.json'), 'utf8'));
  return { 'nestjs-logging': library.version, ...dependencies };
}
