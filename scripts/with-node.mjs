/** Runs a command with another version of Node before all others in the path: `node scripts/with-node.mjs 26 npm run jest`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { nodeBinary, whyNoBinaries } from './node-binary.mjs';

const [version, command, ...args] = process.argv.slice(2);
if (version === undefined || command === undefined) {
  console.error('usage: node scripts/with-node.mjs VERSION COMMAND [ARGUMENT...]');
  process.exit(2);
}
if (whyNoBinaries() === undefined) run(path.dirname(nodeBinary(version)));
else console.log(`Skipped: ${whyNoBinaries()}.`);

function run(folder) {
  const env = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
  const { status, error } = spawnSync(command, args, { env, stdio: 'inherit' });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}
