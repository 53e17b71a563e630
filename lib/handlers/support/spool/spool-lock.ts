import { mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { LoggingError } from '../../../core/errors.js';
import { tryLockRotation, type Unlock } from '../rotation-lock.js';

/** How often the owner gives a sign of life, and after how long without one a lock of elsewhere counts for nothing. */
const SIGN_MS = 2_000;
const FOREIGN_MS = 15_000;

/**
 * Makes a spool's directory if it is not there, and keeps all others out of it: by a file `spool.lock` that names the
 * owner. The lock of a process that ended is broken; one of another machine or container, once it is 15 s without a
 * sign of life.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if the directory cannot be used, or another process uses it.
 */
export function lockSpool(directory: string): Unlock {
  const path = join(directory, 'spool');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    // The first try may do no more than break a dead lock.
    const unlock = tryLockRotation(path, FOREIGN_MS) ?? tryLockRotation(path, FOREIGN_MS);
    if (unlock === undefined) throw inUse(directory, `${path}.lock`);
    const signs = setInterval(() => giveSign(`${path}.lock`), SIGN_MS);
    signs.unref();
    return () => {
      clearInterval(signs);
      unlock();
    };
  } catch (error) {
    if (error instanceof LoggingError) throw error;
    const { message } = error as Error;
    throw new LoggingError('ERR_LOGGING_FILE', `spool.directory: cannot use '${directory}': ${message}`, {
      cause: error,
    });
  }
}

function giveSign(lock: string): void {
  try {
    const now = new Date();
    utimesSync(lock, now, now);
  } catch {
    // Somebody removed it; there is nothing to be done about that.
  }
}

function inUse(directory: string, lock: string): LoggingError {
  return new LoggingError(
    'ERR_LOGGING_FILE',
    `spool.directory: '${directory}' is in use by another process (${ownerOf(lock)}); ` +
      'give each process a directory of its own',
  );
}

function ownerOf(lock: string): string {
  try {
    const [place = '', pid = ''] = readFileSync(lock, 'utf8').split(' ');
    return `${pid} on ${place.split('/', 1)[0]}`;
  } catch {
    return 'it has just ended';
  }
}
