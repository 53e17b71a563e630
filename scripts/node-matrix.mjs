/** Runs scripts/smoke.mjs on the built package under the oldest Node supported and the newer lines. */
import { execFileSync, spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodeBinary, whyNoBinaries } from './node-binary.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const versions = ['20.19.0', '22', '24', '26'];

if (whyNoBinaries() === undefined) for (const version of versions) smoke(nodeBinary(version));
else console.log(`Skipped: ${whyNoBinaries()}.`);

function smoke(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  process.stdout.write(`Node ${version}: `);
  const { status } = spawnSync(node, ['scripts/smoke.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
