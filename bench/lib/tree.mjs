import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const bench = path.join(import.meta.dirname, '..');

/** What an idle tree of 10,000 loggers takes, and what changing a level in it costs; see tree-once.mjs. */
export function measureTree() {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', path.join(bench, 'tree-once.mjs')],
    {
      cwd: bench,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`tree: ${stderr}`);
  return JSON.parse(stdout);
}
