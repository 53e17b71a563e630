import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';

/** How often removing a lock is tried; a virus scanner may hold it for a moment. */
const RELEASE_ATTEMPTS = 3;

/** Releases a lock. */
export type Unlock = () => void;

/**
 * Takes a lock: a file that names its owner.
 *
 * @param owner See `processToken`.
 * @returns `false` if it is taken.
 * @throws The system's error; then no lock is left behind.
 */
export function takeLock(lock: string, owner: string): boolean {
  let fd: number;
  try {
    fd = openSync(lock, 'wx', 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
  try {
    writeFileSync(fd, owner);
    return true;
  } catch (error) {
    // The disk is full: nobody should wait for that.
    remove(lock);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/**
 * Takes a lock on a disk that is full: a link that leads to its owner's name takes no block.
 *
 * @returns `false` if it is taken, or if there can be no such link.
 */
export function takeLockAsLink(lock: string, owner: string): boolean {
  try {
    symlinkSync(owner, lock);
    return true;
  } catch {
    return false;
  }
}

/** The owner of a lock, `''` if it has none; `undefined` if there is no lock, or it cannot be read. */
export function ownerOf(lock: string): string | undefined {
  return tryRead(() => readFileSync(lock, 'utf8')) ?? tryRead(() => readlinkSync(lock));
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Releases a lock, unless another process, believing this one dead, has broken and taken it. */
export function releaseLock(lock: string, owner: string): void {
  if ((ownerOf(lock) ?? owner) === owner) remove(lock);
}

/** Removes the lock of an owner that is gone. */
export function breakLock(lock: string, owner: string | undefined): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    // Two processes may find the owner dead at the same time. Then this may be the lock that the other has taken since,
    // and it is restored.
    if (ownerOf(aside) !== owner) linkSync(aside, lock);
    unlinkSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function remove(lock: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      unlinkSync(lock);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      // If it stayed, it would count as ours as long as this process lives. Without the name of an owner, another
      // process soon breaks it.
      disown(lock);
      if (attempt === RELEASE_ATTEMPTS) throw error;
    }
  }
}

function disown(lock: string): void {
  try {
    truncateSync(lock);
  } catch {
    // What prevents removing it may prevent this too.
  }
}
