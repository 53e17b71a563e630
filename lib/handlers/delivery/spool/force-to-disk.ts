import { closeSync, fsyncSync, openSync } from 'node:fs';
import { nodeModule } from '../../../runtime/node-module.js';

// This forces the file, not what one descriptor wrote: so each is opened for it, and may be gone by then.

/** Forces a file to the disk, if it is still there. @throws The system's error. */
export function forceFile(path: string): void {
  try {
    force(path);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Forces the names in a directory to the disk, where the system can do that. */
export function forceDirectory(path: string): void {
  try {
    force(path);
  } catch {
    // Windows cannot.
  }
}

/** {@link forceFile} in the background. Rejects with the system's error. */
export async function forceFileLater(path: string): Promise<void> {
  try {
    const file = await nodeModule('node:fs/promises').open(path, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** {@link forceDirectory} in the background. */
export async function forceDirectoryLater(path: string): Promise<void> {
  await forceFileLater(path).catch(() => undefined);
}

function force(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
