/** Engines that are packages of Debian: they are in the system, not in the folder of engines. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isOnPath, run } from './installation.mjs';

/** @param programs Each program looked for, or file of a plug-in or header, and the package that has it. */
export function debianPrograms(purpose, programs) {
  const missing = () => Object.keys(programs).filter((program) => !isThere(program));
  const packages = () => [...new Set(missing().map((program) => programs[program]))];
  return {
    purpose,
    tool: 'apt-get',
    isThere: () => missing().length === 0,
    source: () => `apt-get install ${packages().join(' ')}`,
    obstacle() {
      if (!isOnPath('apt-get')) return 'there is no apt-get';
      return process.getuid?.() === 0 ? undefined : 'only root can install it';
    },
    packages,
  };
}

/** Installs the packages of several engines in one go, which is faster than one by one. */
export async function installDebian(engines) {
  const packages = [...new Set(engines.flatMap((engine) => engine.packages()))];
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  try {
    await aptGet(install);
  } catch {
    await aptGet(['update']);
    await aptGet(install);
  }
}

function aptGet(args) {
  // No service is started: the tests start what they need, on ports of their own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return run('apt-get', args, { env });
}

function isThere(program) {
  if (program.endsWith('.h')) return existsSync(path.join('/usr/include', program));
  return program.includes('/') ? isInLib(program) : isOnPath(program);
}

/** Plug-ins are in a folder named after the machine, or not. */
function isInLib(file) {
  const folders = ['/usr/lib64', '/usr/lib', ...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`)];
  return folders.some((folder) => existsSync(path.join(folder, file)));
}
