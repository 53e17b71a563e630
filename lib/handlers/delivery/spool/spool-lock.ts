import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { LoggingError } from '../../../core/errors.js';
import { breakLock, ownerOf, releaseLock, takeLock, type Unlock } from '../../output/lock-file.js';
import { isProcessAlive, processToken } from '../../output/process-token.js';

/** How often the owner updates its lock, and after how long without an update a lock of another machine is ignored. */
const SIGN_MS = 2_000;
const FOREIGN_MS = 15_000;

/**
 * Locks a spool's directory with a file `spool.lock` that names the owner. The lock of a process that
 * ended is broken; that of another machine or container, after 15 s without an update.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if another process uses it; the system's error.
 */
export function lockSpool(directory: string): Unlock {
  const lock = join(directory, 'spool.lock');
  const owner = processToken();
  if (!takeLock(lock, owner)) {
    const other = ownerOf(lock);
    if (other !== undefined && isAlive(lock, other)) throw inUse(directory, other);
    breakLock(lock, other);
    if (!takeLock(lock, owner)) throw inUse(directory, ownerOf(lock));
  }
  const signs = setInterval(() => giveSign(lock), SIGN_MS);
  signs.unref();
  return () => {
    clearInterval(signs);
    releaseLock(lock, owner);
  };
}

function isAlive(lock: string, owner: string): boolean {
  const changedMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return isProcessAlive(owner, Date.now() - changedMs, FOREIGN_MS);
}

function giveSign(lock: string): void {
  try {
    const now = new Date();
    utimesSync(lock, now, now);
  } catch {
    // Somebody removed it; nothing can be done about that.
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
