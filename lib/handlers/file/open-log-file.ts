import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LoggingError } from '../../core/errors.js';
import { O_NOFOLLOW } from '../output/no-follow.js';
import { applyPermissions, type FilePermissions } from './file-permissions.js';

/** How a log file is opened. */
export type LogFileMode = 'a' | 'w' | 'x';

/** How it is opened, and the permissions of a new one. */
export interface OpenLogFileOptions {
  readonly mode: LogFileMode;
  /**
   * Whether the name may be a symbolic link, or one of several names of its file. If not, somebody who can write to the
   * directory cannot redirect the log into another file.
   */
  readonly followsLinks: boolean;
  readonly permissions: FilePermissions;
  /** Creates missing directories with these permissions; `undefined` creates none. */
  readonly directories?: FilePermissions | undefined;
}

/** A file that is open for appending. */
export interface OpenedLogFile {
  readonly fd: number;
  readonly stats: Stats;
  /** Whether it is new. */
  readonly isCreated: boolean;
  /** Whether the descriptor was already open and must not be closed, like that of `/dev/stdout`. */
  readonly isBorrowed: boolean;
  /** The directories that were created, outermost first. */
  readonly madeDirectories: readonly string[];
  /** The error of a setting that a new file did not get; it is open anyway. */
  readonly error?: unknown;
}

/** Read and write for the owner, read for the group; minus the umask. */
const FILE_MODE = 0o640;
/** The same, and permission to enter. */
const DIRECTORY_MODE = 0o750;

// Everything is appended, whatever the mode: so writers that share a file never overwrite each other, and a file
// that somebody else truncates gets no hole. Without O_NONBLOCK the opening of a pipe would wait for its reader.
const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
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
  const remedy = /^(?:0o?)?[0-7]{3,4}$/.test(mode)
    ? `is how the file is opened ('a', 'w' or 'x'); its permissions are fileMode: ${JSON.stringify(mode)}`
    : "does not write; use 'a', 'w' or 'x'";
  throw new LoggingError('ERR_LOGGING_FILE', `mode: ${JSON.stringify(mode)} ${remedy}`);
}

/**
 * Opens a log file for appending, or creates it. Empties nothing.
 *
 * @param before The file that had the name until now: a new one is made like it.
 * @throws The system's error; with code `EMLINK` for a file of several names, `EISDIR` or `EINVAL` for what is
 * neither a regular file nor a pipe nor a character device.
 */
export function openLogFile(path: string, options: OpenLogFileOptions, before?: Stats): OpenedLogFile {
  const descriptor = openDescriptor(path, options.followsLinks);
  if (descriptor !== undefined) return borrow(path, descriptor);
  const madeDirectories = options.directories === undefined ? [] : makeDirectories(path, options.directories);
  const { fd, isCreated } = openOrCreate(path, options);
  try {
    const stats = fstatSync(fd);
    refuse(path, stats, options.followsLinks);
    const opened = { fd, stats, isCreated, isBorrowed: false, madeDirectories };
    return isCreated ? withPermissions(opened, options.permissions, before) : opened;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * The same, if every setting is required: a configuration with one that fails is refused.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE`, with the remedy; nothing is left behind.
 */
export function openWholly(path: string, options: OpenLogFileOptions): OpenedLogFile {
  try {
    const opened = openLogFile(path, options);
    if (opened.error === undefined) return opened;
    closeSync(opened.fd);
    unlinkSync(path);
    removeEmptyDirectories(opened.madeDirectories);
    throw opened.error;
  } catch (error) {
    throw explainOpenError(path, error);
  }
}

function openOrCreate(path: string, options: OpenLogFileOptions): { fd: number; isCreated: boolean } {
  const { mode, followsLinks, permissions } = options;
  // Never wider permissions than requested, not even for a moment.
  const bits = permissions.mode === undefined ? FILE_MODE : FILE_MODE & permissions.mode;
  try {
    return { fd: openSync(path, FLAGS | O_CREAT | O_EXCL, bits), isCreated: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || mode === 'x') throw error;
    const noFollow = followsLinks ? 0 : O_NOFOLLOW;
    return { fd: openSync(path, FLAGS | O_CREAT | noFollow, bits), isCreated: false };
  }
}

function withPermissions(opened: OpenedLogFile, permissions: FilePermissions, before?: Stats): OpenedLogFile {
  let error: unknown;
  try {
    applyPermissions(opened.fd, permissions, before);
  } catch (refused) {
    error = refused;
  }
  return { ...opened, stats: fstatSync(opened.fd), error };
}

/** Creates the directories above a file. @returns Those that were missing, outermost first. */
export function makeDirectories(path: string, permissions: FilePermissions): string[] {
  const missing: string[] = [];
  for (let at = dirname(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
    const fd = openSync(directory, constants.O_RDONLY);
    try {
      applyPermissions(fd, permissions);
    } finally {
      closeSync(fd);
    }
  }
  return missing;
}

/** Directories are removed again, the innermost first, as long as they are empty. */
export function removeEmptyDirectories(directories: readonly string[]): void {
  try {
    for (const directory of directories.toReversed()) rmdirSync(directory);
  } catch {
    // Somebody uses it by now.
  }
}

/** An open descriptor is used as it is: opened again, a redirected file would be written from its start. */
function borrow(path: string, fd: number): OpenedLogFile {
  let stats: Stats;
  try {
    stats = fstatSync(fd);
  } catch {
    throw openError('EBADF', path);
  }
  if (!stats.isSocket()) refuse(path, stats, true);
  return { fd, stats, isCreated: false, isBorrowed: true, madeDirectories: [] };
}

/** The descriptor of a name: `/dev/stdout`, `/dev/fd/1`, `/proc/self/fd/1`, or a link to one. */
function openDescriptor(path: string, followsLinks: boolean): number | undefined {
  let name = path;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const [, stream, owner, number] = DESCRIPTOR.exec(name) ?? [];
    if (stream !== undefined) return stream === 'out' ? 1 : 2;
    if (number !== undefined && (owner === undefined || owner === 'self' || owner === String(process.pid)))
      return Number(number);
    const target = followsLinks ? linkTarget(name) : undefined;
    if (target === undefined) return undefined;
    name = resolve(dirname(name), target);
  }
  return undefined;
}

const DESCRIPTOR = /^(?:\/dev\/std(out|err)|\/(?:dev|proc\/(self|\d+))\/fd\/(\d{1,6}))$/;
/** As many as the kernel follows. */
const MAX_LINKS = 40;

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
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
  ENOENT: 'its directory does not exist; create it first, or set makeDirs: true',
  EACCES: 'this process may not write there',
  EPERM: 'this process may not give it the owner, group or mode that is set (owner, group, fileMode)',
  EBADF: 'that descriptor is not open',
  EEXIST: "it exists already, and mode is 'x'",
  ELOOP: 'it is a symbolic link; set followLinks: true to log through it',
  EMLINK: 'the file has other names (hard links); set followLinks: true to log into it',
  EISDIR: 'it is a directory',
  EINVAL: 'it is neither a regular file nor a pipe nor a character device',
  ENXIO: 'nobody reads from that pipe',
};

/** The error for users, from what {@link openLogFile} threw: `ERR_LOGGING_FILE`, with the remedy. */
function explainOpenError(path: string, error: unknown): LoggingError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = REMEDIES[code ?? ''] ?? message;
  return new LoggingError('ERR_LOGGING_FILE', `filename: cannot open '${path}': ${why}`, { cause: error });
}
