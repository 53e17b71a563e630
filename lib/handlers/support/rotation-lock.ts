import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { sleepSync } from '../../internal/write-fully.js';
import { isProcessAlive, processToken } from './process-token.js';

/** How long another process's roll is waited for before this one goes on writing to the old file, in milliseconds. */
const PATIENCE_MS = 50;
/** A lock that does not say whose it is, was left by a process that ended in that moment. In milliseconds. */
const UNSIGNED_MS = 2_000;
/** How often a lock is tried to be removed; a virus scanner may hold it for a moment. */
const RELEASE_ATTEMPTS = 3;

/** Lets go of a lock. */
export type Unlock = () => void;

/**
 * Keeps other processes from rolling the same file meanwhile: by a file of its own beside it, `NAME.lock`.
 *
 * The lock of a process that ended is broken.
 *
 * @param path The log file.
 * @throws {Error} With code `ELOCKED` if another process does not finish within 50 ms; the system's error if the
 * directory cannot be written.
 */
export function lockRotation(path: string): Unlock {
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    const unlock = tryLockRotation(path);
    if (unlock !== undefined) return unlock;
    if (Date.now() >= deadline) {
      const error = new Error(`ELOCKED: another process is rolling '${path}'`);
      throw Object.assign(error, { code: 'ELOCKED', syscall: 'open', path });
    }
    sleepSync(1);
  }
}

/** The same without waiting. @returns `undefined` if another process has the lock. */
export function tryLockRotation(path: string): Unlock | undefined {
  const lock = `${path}.lock`;
  const owner = processToken();
  let fd: number;
  try {
    fd = openSync(lock, 'wx', 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    breakIfDead(lock);
    return undefined;
  }
  sign(lock, fd, owner);
  return () => {
    // Somebody who thought this process dead may have broken the lock and taken it.
    if ((ownerOf(lock) ?? owner) === owner) remove(lock);
  };
}

function sign(lock: string, fd: number, owner: string): void {
  try {
    writeFileSync(fd, owner);
  } catch (error) {
    // The disk is full: nobody is to wait for that.
    remove(lock);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function remove(lock: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      unlinkSync(lock);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      // Left behind it would count for as long as this process lives; unsigned it is broken before long.
      disown(lock);
      if (attempt === RELEASE_ATTEMPTS) throw error;
    }
  }
}

function disown(lock: string): void {
  try {
    truncateSync(lock);
  } catch {
    // What keeps it from being removed may keep it from this.
  }
}

function breakIfDead(lock: string): void {
  const owner = ownerOf(lock);
  if (owner === undefined || isAlive(lock, owner)) return;
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    // Two may find it dead at once: then this is the lock that the first has taken since, and goes back.
    if (ownerOf(aside) !== owner) linkSync(aside, lock);
    unlinkSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function isAlive(lock: string, owner: string): boolean {
  const stats = statSync(lock, { throwIfNoEntry: false });
  const ageMs = stats === undefined ? 0 : Date.now() - stats.mtimeMs;
  return owner === '' ? ageMs < UNSIGNED_MS : isProcessAlive(owner, ageMs);
}

function ownerOf(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined;
  }
}
