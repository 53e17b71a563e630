import { lstatSync, lutimesSync } from 'node:fs';
import { join } from 'node:path';
import { LoggingError } from '../../../core/errors.js';
import { breakLock, ownerOf, releaseLock, takeLock, takeLockAsLink } from '../../output/lock-file.js';
import { isProcessAlive, processToken } from '../../output/process-token.js';

/** How often the owner updates its lock, and after how long without an update a lock of another machine is ignored. */
const SIGN_MS = 2_000;
const FOREIGN_MS = 15_000;
/** Errors of a disk, a quota or a limit that has no room left. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The lock of a spool's directory. */
export interface SpoolLock {
  /** Whether it is still there: somebody may have removed the directory. */
  isHeld(): boolean;
  /** Releases it. */
  release(): void;
}

/**
 * Locks a spool's directory with a file `spool.lock` that names the owner. The lock of a process that
 * ended is broken; that of another machine or container, after 15 s without an update.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if another process uses it; the system's error.
 */
export function lockSpool(directory: string): SpoolLock {
  const lock = join(directory, 'spool.lock');
  const owner = processToken();
  if (!take(lock, owner)) {
    const other = ownerOf(lock);
    if (other !== undefined && isAlive(lock, other)) throw inUse(directory, other);
    breakLock(lock, other);
    if (!take(lock, owner)) throw inUse(directory, ownerOf(lock));
  }
  const signs = setInterval(() => giveSign(lock), SIGN_MS);
  signs.unref();
  return {
    isHeld: () => {
      const other = ownerOf(lock);
      // A process without a free descriptor cannot read it.
      return other === owner || (other === undefined && isThere(lock));
    },
    release: () => {
      clearInterval(signs);
      releaseLock(lock, owner);
    },
  };
}

/** A full disk, which the spool may have filled, must not keep the application from starting. */
function take(lock: string, owner: string): boolean {
  try {
    return takeLock(lock, owner);
  } catch (error) {
    if (!FULL.has((error as NodeJS.ErrnoException).code) || !takeLockAsLink(lock, owner)) throw error;
    return true;
  }
}

function isThere(lock: string): boolean {
  try {
    return lstatSync(lock, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function isAlive(lock: string, owner: string): boolean {
  const changedMs = lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return isProcessAlive(owner, Date.now() - changedMs, FOREIGN_MS);
}

function giveSign(lock: string): void {
  try {
    const now = new Date();
    lutimesSync(lock, now, now);
  } catch {
    // Somebody removed it, which is noticed when something is written.
  }
}

function inUse(directory: string, owner = ''): LoggingError {
  const [, host, pid] = /^(.*)-\d*-(\d+)-\d*$/.exec(owner) ?? [];
  const who = pid === undefined ? '' : ` (${pid} on ${host})`;
  return new LoggingError(
    'ERR_LOGGING_FILE',
    `spool.directory: '${directory}' is in use by another process${who}; give each process a directory of its own`,
  );
}
