import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { LoggingError } from '../../core/errors.js';

/** How a log file is opened. */
export type LogFileMode = 'a' | 'w' | 'x';

/** A file that is open for appending. */
export interface OpenedLogFile {
  readonly fd: number;
  readonly stats: Stats;
  /** Whether it was not there before. */
  readonly isCreated: boolean;
}

/** Read and write for the owner, read for the group; the umask takes away from it. */
const FILE_MODE = 0o640;

// Everything is appended, whatever the mode: then writers that share a file never overwrite each other, and a file
// that somebody else cuts short gets no hole. Without O_NONBLOCK the opening of a pipe would wait for its reader.
const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const FLAGS = O_WRONLY | O_APPEND | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Reads a mode of Python's `open`.
 *
 * @returns The mode without `t`, `b` and `+`, which make no difference here.
 * @throws {LoggingError} `ERR_LOGGING_FILE` for a mode that does not write to a file.
 */
export function parseFileMode(mode: string): LogFileMode {
  const bare = mode.replace('+', '').replace(/[tb]/, '');
  if (bare === 'a' || bare === 'w' || bare === 'x') return bare;
  throw new LoggingError(
    'ERR_LOGGING_FILE',
    `mode: ${JSON.stringify(mode)} does not write; use 'a', 'w' or 'x'`,
  );
}

/**
 * Opens a log file for appending and makes it if it is not there; its directory must be. Empties nothing.
 *
 * @param followsLinks Whether the name may be a symbolic link, or one of several names of its file. If not, someone
 * who may write to the directory cannot lead the log into another file.
 * @throws The system's error; with code `EMLINK` for a file of several names, `EISDIR` or `EINVAL` for what is
 * neither a regular file nor a pipe nor a character device.
 */
export function openLogFile(path: string, mode: LogFileMode, followsLinks: boolean): OpenedLogFile {
  const noFollow = followsLinks ? 0 : O_NOFOLLOW;
  let fd: number;
  let isCreated = true;
  try {
    fd = openSync(path, FLAGS | O_CREAT | O_EXCL, FILE_MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || mode === 'x') throw error;
    fd = openSync(path, FLAGS | O_CREAT | noFollow, FILE_MODE);
    isCreated = false;
  }
  try {
    const stats = fstatSync(fd);
    refuse(path, stats, followsLinks);
    return { fd, stats, isCreated };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function refuse(path: string, stats: Stats, followsLinks: boolean): void {
  if (stats.isFile()) {
    if (stats.nlink > 1 && !followsLinks) throw openError('EMLINK', path);
  } else if (!stats.isCharacterDevice() && !stats.isFIFO()) throw openError('EINVAL', path);
}

function openError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: cannot log into '${path}'`), { code, syscall: 'open', path });
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'its directory is not there; make it first',
  EACCES: 'this process may not write there',
  EEXIST: "it is there already, and mode is 'x'",
  ELOOP: 'it is a symbolic link; set followLinks: true to log through it',
  EMLINK: 'the file has other names (hard links); set followLinks: true to log into it',
  EISDIR: 'it is a directory',
  EINVAL: 'it is neither a regular file nor a pipe nor a character device',
  ENXIO: 'nobody reads from that pipe',
};

/** The error for users, from what {@link openLogFile} threw: `ERR_LOGGING_FILE`, with the remedy. */
export function explainOpenError(path: string, error: unknown): LoggingError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = REMEDIES[code ?? ''] ?? message;
  return new LoggingError('ERR_LOGGING_FILE', `filename: cannot open '${path}': ${why}`, { cause: error });
}
