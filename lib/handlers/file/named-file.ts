import { closeSync, fstatSync, type Stats, statSync } from 'node:fs';
import { applyPermissions } from './file-permissions.js';
import {
  type LogFileMode,
  makeDirectories,
  type OpenedLogFile,
  type OpenLogFileOptions,
  openLogFile,
  openWholly,
} from './open-log-file.js';

/** The open file of a name; a file that replaces it is made like it. */
export class NamedFile {
  /** Its descriptor; `undefined` while it is closed. */
  fd: number | undefined;
  /** Its stats when it was opened. */
  stats: Stats | undefined;

  readonly #path: string;
  readonly #options: OpenLogFileOptions;
  #mode: LogFileMode;
  /** Whether somebody else closes the descriptor. */
  #isBorrowed = false;
  #before: Stats | undefined;

  constructor(path: string, options: OpenLogFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#mode = options.mode;
  }

  /** The mode of the next opening: once open, the file contains what was written to it. */
  get mode(): LogFileMode {
    return this.#mode;
  }

  /** True for a regular file open under its own name: only those are rotated. */
  get isRegular(): boolean {
    return this.stats?.isFile() === true && !this.#isBorrowed;
  }

  /** The first opening. @throws {LoggingError} `ERR_LOGGING_FILE` */
  openWholly(): OpenedLogFile {
    return this.#adopt(openWholly(this.#path, this.#openOptions));
  }

  /**
   * Opens what the name leads to now, while the former file is still open.
   *
   * @returns A function that closes the former file, and the error of a setting that a new file did not get, if any.
   * @throws The system's error; then nothing has changed.
   */
  open(): { closeFormer(): void; error: unknown } {
    const former = this.#isBorrowed ? undefined : this.fd;
    this.remember();
    const { error } = this.#adopt(openLogFile(this.#path, this.#openOptions, this.#before));
    return { closeFormer: () => former !== undefined && closeSync(former), error };
  }

  /** Closes it. @throws The system's error; it is closed all the same. */
  release(): void {
    const { fd } = this;
    // First: a descriptor whose close failed is gone, and its number may be another file's by the next time.
    this.fd = undefined;
    this.stats = undefined;
    if (fd !== undefined && !this.#isBorrowed) closeSync(fd);
  }

  /** The stats of the file that the name leads to, if that is the open one. */
  statInPlace(): Stats | undefined {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there?.dev === this.stats?.dev && there?.ino === this.stats?.ino ? there : undefined;
  }

  /** Reads the file's stats again: its permissions may have been changed since it was opened. */
  remember(): void {
    if (this.fd !== undefined && this.isRegular) this.#before = fstatSync(this.fd);
  }

  /** Before the file is moved: gives it the mode of rolled files, and creates the target directory. */
  prepareMove(dest: string): void {
    const { permissions, directories } = this.#options;
    if (directories !== undefined) makeDirectories(dest, directories);
    if (this.fd !== undefined && this.isRegular && permissions.mode !== undefined)
      applyPermissions(this.fd, { mode: permissions.mode });
  }

  get #openOptions(): OpenLogFileOptions {
    return { ...this.#options, mode: this.#mode };
  }

  #adopt(opened: OpenedLogFile): OpenedLogFile {
    this.fd = opened.fd;
    this.stats = opened.stats;
    this.#isBorrowed = opened.isBorrowed;
    this.#mode = 'a';
    return opened;
  }
}
