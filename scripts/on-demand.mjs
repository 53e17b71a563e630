/**
 * Installs what only a few tests need: the loggers of the migration guides, and Sentry. `npm ci` leaves them out, so that
 * a first try of the package is quicker, and since nestjs-pino wants a newer Node than the library does. The tests and
 * the type check call this first; it does nothing where all of them are there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { removeSecondCopies as removeThoseOfSample } from './packages.mjs';

const tests = path.join(import.meta.dirname, '../test');
const folder = path.join(tests, 'on-demand');
const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

removeThoseOfSample();
const missing = Object.entries(dependencies).filter(([name, version]) => installed(name) !== version);
if (missing.length > 0) install(missing.map(([name]) => name));

/** The version that a test finds. */
function installed(name) {
  for (const parent of [path.join(tests, 'node_modules'), path.join(tests, '../node_modules')]) {
    const manifest = path.join(parent, name, 'package.json');
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).version;
  }
  return undefined;
}

function install(names) {
  console.log(
    `Installing ${names.join(', ')} into test/on-demand/, for the tests that need them. This is done once.`,
  );
  // Their peers are those of the repository: a second copy of Nest would be another Nest.
  const flags = ['--no-package-lock', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'];
  const shell = process.platform === 'win32';
  execFileSync('npm', ['install', ...flags], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell });
  removeSecondCopies();
  // Not a folder of its own beside the tests: a package.json there would hide that of the repository from them.
  const link = path.join(tests, 'node_modules');
  rmSync(link, { recursive: true, force: true });
  symlinkSync(path.join(folder, 'node_modules'), link, 'junction');
}

/** What the repository has itself: two copies of OpenTelemetry's API would be two traces. */
function removeSecondCopies() {
  const { devDependencies } = JSON.parse(readFileSync(path.join(tests, '../package.json'), 'utf8'));
  for (const name of Object.keys(devDependencies))
    rmSync(path.join(folder, 'node_modules', name), { recursive: true, force: true });
}
