/**
 * Where the packages are with which the library and the sample application are built.
 *
 * The sample has a package.json of its own, small enough for a first try: `npm run sample` installs it in a fresh clone.
 * Where the packages of the project are installed, the sample takes those, and gives its own up: with two copies of Nest
 * its tests and its types would not fit those of the library.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sample = path.join(root, 'sample-app');

/** Those of `npm ci`. */
export const projectPackages = path.join(root, 'node_modules');
/** Those of the sample application, in a clone without `npm ci`. */
const ownPackages = path.join(sample, 'node_modules');

/** The bundler, from a folder of packages. */
export function loadRolldown(packages) {
  return import(pathToFileURL(createRequire(path.join(packages, 'x')).resolve('rolldown')).href);
}

/** @returns The folder of packages that the sample application is built and run with. Installs them where they are missing. */
export function samplePackages() {
  if (hasAll(projectPackages)) {
    removeSecondCopies();
    return projectPackages;
  }
  if (!hasAll(ownPackages)) install();
  return ownPackages;
}

/** Removes the sample's own packages where those of the project are installed. */
export function removeSecondCopies() {
  if (existsSync(path.join(ownPackages, '@nestjs')) && hasAll(projectPackages))
    rmSync(ownPackages, { recursive: true, force: true });
}

/** Makes dist/ what the sample application imports. */
export function linkSample() {
  removeSecondCopies();
  const link = path.join(ownPackages, 'nestjs-logging');
  rmSync(link, { recursive: true, force: true });
  mkdirSync(ownPackages, { recursive: true });
  symlinkSync(root, link, 'junction');
}

/** Whether all that the sample needs is there; its own packages in the versions that it names. */
function hasAll(packages) {
  const manifest = readManifest(sample);
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).every(
    ([name, version]) => {
      const folder = path.join(packages, name);
      if (!existsSync(path.join(folder, 'package.json'))) return false;
      return packages === projectPackages || readManifest(folder).version === version;
    },
  );
}

function readManifest(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function install() {
  console.log(
    'Installing the packages of the sample application into sample-app/node_modules. This is done once.',
  );
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: sample,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
}
