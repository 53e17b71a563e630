import { statSync } from 'node:fs';
import { sleepSync } from '../../../runtime/write-fully.js';
import { breakLock, ownerOf, releaseLock, takeLock, type Unlock } from '../../output/lock-file.js';
import { isProcessAlive, processToken } from '../../output/process-token.js';

/** How long another process's roll is waited for before this one goes on writing to the old file, in milliseconds. */
const PATIENCE_MS = 50;
/**
 * A lock without an owner that is older than this was left by a process that ended while taking it. In milliseconds.
 */
const UNSIGNED_MS = 2_000;

/**
 * Keeps other processes from rolling the same file at the same time, with a lock file beside it, `NAME.lock`.
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
  if (takeLock(lock, owner)) return () => releaseLock(lock, owner);
  const other = ownerOf(lock);
  if (other !== undefined && !isAlive(lock, other)) breakLock(lock, other);
  return undefined;
}

function isAlive(lock: string, owner: string): boolean {
  const stats = statSync(lock, { throwIfNoEntry: false });
  const ageMs = stats === undefined ? 0 : Date.now() - stats.mtimeMs;
  return owner === '' ? ageMs < UNSIGNED_MS : isProcessAlive(owner, ageMs);
}
