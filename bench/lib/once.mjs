import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const bench = path.join(import.meta.dirname, '..');

/** What a program of this folder prints as JSON, in a process of its own. */
export function runOnce(file, args = [], flags = []) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, path.join(bench, file), ...args],
    {
      cwd: bench,
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    },
  );
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Of several objects with the same keys, one with what `choose` makes of the values of each. */
export function overRounds(samples, choose) {
  return Object.fromEntries(
    Object.keys(samples[0]).map((key) => [key, choose(samples.map((sample) => sample[key]))]),
  );
}
