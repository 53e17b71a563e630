import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder } from './scratch.mjs';

let library;

/** The shim, compiled. */
function shim() {
  if (library === undefined) {
    library = path.join(newFolder('shim'), 'faults.so');
    const source = fileURLToPath(new URL('./faults.c', import.meta.url));
    execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return library;
}

/** The system calls it counts and spoils, in the order of its table. */
export const CALLS = ['write', 'open', 'rename', 'unlink', 'fsync', 'ftruncate'];

/**
 * The environment that makes system calls on files below `folder` fail.
 *
 * @param {{ seed?: number, soft?: number, hard?: number, others?: number, killAt?: number }} options Faults in ten
 * thousand calls: `soft` of writes that can be tried again at once (EAGAIN, EINTR, short), `hard` ones (ENOSPC, EIO,
 * EDQUOT), `others` of open, rename, unlink, fsync, ftruncate. `killAt`: SIGKILL at that call instead.
 */
export function faultsIn(folder, { seed = 1, soft = 0, hard = 0, others = 0, killAt = 0 } = {}) {
  const counts = path.join(newFolder('counts'), 'counts');
  writeFileSync(counts, Buffer.alloc(512));
  return {
    env: {
      LD_PRELOAD: shim(),
      FAULTS_UNDER: folder,
      FAULTS_COUNTS: counts,
      FAULTS_PLAN: [seed, soft, hard, others, killAt].join(' '),
    },
    /** How many calls there were and how many failed, by name; all that happened until now. */
    counts() {
      const numbers = new BigUint64Array(new Uint8Array(readFileSync(counts)).buffer);
      const rows = CALLS.map((name, index) => [
        name,
        Number(numbers[index * 2]),
        Number(numbers[index * 2 + 1]),
      ]);
      return {
        calls: rows.reduce((sum, [, calls]) => sum + calls, 0),
        faults: rows.reduce((sum, [, , faults]) => sum + faults, 0),
        by: Object.fromEntries(rows.map(([name, calls, faults]) => [name, { calls, faults }])),
      };
    },
  };
}
