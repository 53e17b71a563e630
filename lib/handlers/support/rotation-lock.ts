import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { sleepSync } from '../../internal/write-fully.js';

/** How long another process's roll is waited for before this one goes on writing to the old file, in milliseconds. */
const PATIENCE_MS = 200;
/** A lock whose process is gone is broken after this; a roll takes a few milliseconds. */
const DEAD_MS = 2_000;
/** Where nothing tells whether the process is there, a lock is broken after this. */
const ABANDONED_MS = 60_000;

/** Lets go of a lock. */
export type Unlock = () => void;

/**
 * Keeps other processes from rolling the same file meanwhile: a file of its own beside it, `NAME.lock`.
 *
 * @param path The log file.
 * @throws {Error} With code `ELOCKED` if another process does not finish within 200 ms; the system's error if the
 * directory cannot be written.
 */
export function lockRotation(path: string): Unlock {
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    const unlock = tryLockRotation(path);
    if (unlock !== undefined) return unlock;
    if (Date.now() >= deadline) {
      throw Object.assign(new Error(`ELOCKED: another process is rolling '${path}'`), {
        code: 'ELOCKED',
        syscall: 'open',
        path,
      });
    }
    sleepSync(1);
  }
}

/** The same without waiting. @returns `undefined` if another process has the lock. */
export function tryLockRotation(path: string): Unlock | undefined {
  const lock = `${path}.lock`;
  let fd: number;
  try {
    fd = openSync(lock, 'wx', 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    breakIfDead(lock);
    return undefined;
  }
  const mine = fstatSync(fd);
  try {
    writeSync(fd, String(process.pid));
  } finally {
    closeSync(fd);
  }
  return () => {
    const there = statOf(lock);
    // Somebody who thought this process dead may have broken the lock and taken it.
    if (there !== undefined && there.ino === mine.ino) unlinkSync(lock);
  };
}

function breakIfDead(lock: string): void {
  const seen = statOf(lock);
  if (seen === undefined || Date.now() - seen.mtimeMs < patienceWith(lock)) return;
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    // Two may find it dead at once; the second must not break the lock the first has taken since.
    if (statSync(aside).ino === seen.ino) unlinkSync(aside);
    else renameSync(aside, lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** How old a lock has to be to be broken. */
function patienceWith(lock: string): number {
  if (!existsSync('/proc/self')) return ABANDONED_MS;
  try {
    const pid = readFileSync(lock, 'utf8');
    const isAlive = /^\d+$/.test(pid) && existsSync(`/proc/${pid}`);
    return isAlive ? Number.POSITIVE_INFINITY : DEAD_MS;
  } catch {
    return DEAD_MS;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
