import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const loader = join(import.meta.dirname, '../../support/ts-loader.mjs');

/** How a program of `apps/` ended, what it printed, and the text of its log. */
export interface EndedApp {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly log: string;
}

/** Runs a program of `apps/` to its end; it logs to the file `app.log` of a folder, `LOG_FILE` to it. */
export function runApp(folder: string, script: string, ...args: string[]): EndedApp {
  const file = join(folder, 'app.log');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      loader,
      join(import.meta.dirname, '../apps', script),
      ...args,
    ],
    { encoding: 'utf8', env: { ...process.env, LOG_FILE: file, NODE_OPTIONS: '' }, timeout: 30_000 },
  );
  let log = '';
  try {
    log = readFileSync(file, 'utf8');
  } catch {
    // Nothing was logged to it.
  }
  return { stdout, stderr, status, log };
}
