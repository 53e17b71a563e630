import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledFile } from '../../support/compiled-sources.js';

const nest11Loader = join(import.meta.dirname, '../nest-11/nest-11-loader.mjs');

/** How a program is to be run. */
export interface RunOptions {
  /** Whether with the older line of Nest; then it has `NEST_LINE=11`. */
  readonly nest11?: boolean;
  /** How long it may take; default two minutes, for machines that do other things too. */
  readonly timeoutMs?: number;
}

/** How a program of `apps/` ended, what it printed, and the text of its log. */
export interface EndedApp {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly log: string;
}

/** Runs a program of `apps/` to its end; it logs to the file `app.log` of a folder, `LOG_FILE` to it. */
export function runApp(folder: string, script: string, ...args: string[]): EndedApp {
  return runAppWith({}, folder, script, ...args);
}

/** The same, run in another way. */
export function runAppWith(
  { nest11 = false, timeoutMs = 120_000 }: RunOptions,
  folder: string,
  script: string,
  ...args: string[]
): EndedApp {
  const file = join(folder, 'app.log');
  const { stdout, stderr, status, error } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...(nest11 ? ['--import', nest11Loader] : []),
      compiledFile(join(import.meta.dirname, '../apps', script)),
      ...args,
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, LOG_FILE: file, NODE_OPTIONS: '', ...(nest11 && { NEST_LINE: '11' }) },
      timeout: timeoutMs,
      // More than the megabyte that Node allows by default.
      maxBuffer: 64 * 1_048_576,
    },
  );
  if (error !== undefined)
    throw new Error(`${script} did not end by itself; it printed:\n${stderr}`, { cause: error });
  let log = '';
  try {
    log = readFileSync(file, 'utf8');
  } catch {
    // Nothing was logged to it.
  }
  return { stdout, stderr, status, log };
}
