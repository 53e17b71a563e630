import { unlinkSync } from 'node:fs';

/** A rolled file that may be deleted. */
export interface RetainedFile {
  /** Where it is: uncompressed, compressed, or for a moment both. */
  readonly paths: readonly string[];
  /** The latest time its last record can have been written; milliseconds since 1970. */
  readonly endedAt: number;
  readonly bytes: number;
}

/** Which rolled files are kept; 0 means no bound. */
export interface RetentionRules {
  readonly backupCount: number;
  readonly maxAgeMs: number;
  readonly maxTotalBytes: number;
}

/**
 * The files to delete.
 *
 * @param files Oldest first.
 * @returns Those that are too old, and the oldest of the others while they are too many or too large.
 */
export function findExcess<File extends RetainedFile>(
  files: readonly File[],
  { backupCount, maxAgeMs, maxTotalBytes }: RetentionRules,
): File[] {
  const isOld = ({ endedAt }: File) => maxAgeMs > 0 && endedAt < Date.now() - maxAgeMs;
  const young = files.filter((file) => !isOld(file));
  let bytes = 0;
  let kept = 0;
  for (const file of young.toReversed()) {
    bytes += file.bytes;
    if ((backupCount > 0 && kept >= backupCount) || (maxTotalBytes > 0 && bytes > maxTotalBytes)) break;
    kept += 1;
  }
  return [...files.filter(isOld), ...young.slice(0, young.length - kept)];
}

/** A file that could not be deleted. */
export interface DeletionFailure {
  readonly path: string;
  readonly error: Error;
}

/** Deletes files; one that cannot be deleted does not stop the rest. @returns What went wrong. */
export function deleteFiles(paths: readonly string[]): DeletionFailure[] {
  const failures: DeletionFailure[] = [];
  for (const path of paths) {
    try {
      unlinkSync(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      failures.push({
        path,
        error: new Error(`cannot delete the rolled file '${path}': ${message}`, { cause: error }),
      });
    }
  }
  return failures;
}
