import { closeSync, fstatSync, ftruncateSync, rmSync, type Stats, statSync } from 'node:fs';
import { whenStanding } from '../../core/activation.js';
import type { DeliveryStats } from './bounded-queue.js';
import { explainOpenError, type LogFileMode, openLogFile } from './open-log-file.js';
import type { TextCodec } from './text-codec.js';
import { type Batching, type Destination, TextWriter } from './text-writer.js';

/** How a {@link LogFile} behaves. */
export interface LogFileOptions {
  readonly mode: LogFileMode;
  readonly codec: TextCodec;
  readonly batching: Batching;
  /** Whether symbolic links and files of several names are written to. */
  readonly followsLinks: boolean;
  /**
   * Milliseconds after which it is looked whether the name still leads to the open file; 0 for each write. Left out:
   * only once a second, and only whether the file has been deleted.
   */
  readonly watchMs?: number | undefined;
}

/** How often a file that is not watched is checked for deletion, in milliseconds. */
const DELETION_CHECK_MS = 1_000;
/** Writes for which the records' own times are believed, before the clock is asked again. */
const MAX_UNCLOCKED = 256;

/** Names for what is open already: opened anew, a redirected file would be written from its start. */
const STANDARD_STREAMS: Readonly<Record<string, number>> = { '/dev/stdout': 1, '/dev/stderr': 2 };

/**
 * A log file: the one place that writes them. Texts go whole and at once to the kernel; see {@link TextWriter} for
 * what happens when it does not take them.
 */
export class LogFile implements Destination {
  /** Called with a fault of a timer; set by the handler. */
  onFault: (error: unknown) => void = () => {};
  /** Called when the name led to another file, which is written to from now on; set by the handler. */
  onMoved: () => void = () => {};

  readonly #options: LogFileOptions;
  readonly #writer: TextWriter;
  #mode: LogFileMode;
  #fd: number | undefined;
  #file: Stats | undefined;
  /** Size of the file less the bytes the writer wrote: their sum is its size now. */
  #base = 0;
  #checkedAt = 0;
  /** Time of the record that is written, and of how many the clock has not been asked. */
  #writtenAt = Number.NaN;
  #unclocked = 0;

  constructor(
    /** Its absolute path. */
    readonly path: string,
    options: LogFileOptions,
  ) {
    this.#options = options;
    this.#mode = options.mode;
    this.#writer = new TextWriter(this, options.batching);
  }

  get encoding(): BufferEncoding {
    return this.#options.codec.nodeEncoding;
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /** True for a regular file that is open: only such a one is rotated. */
  get isRegular(): boolean {
    return this.#file?.isFile() === true && !(this.path in STANDARD_STREAMS);
  }

  /** Its size in bytes with all that is on its way to it. Others' writes are seen when the file is checked. */
  get size(): number {
    return this.#base + this.#writer.bytesWritten + this.#writer.bytesHeld;
  }

  /** What became of the records so far. */
  get stats(): DeliveryStats {
    return this.#writer.stats;
  }

  /** Device and inode of the open file; `undefined` while it is closed. */
  get identity(): { readonly dev: number; readonly ino: number } | undefined {
    return this.#file;
  }

  /**
   * Opens the file unless it is open. With mode `'w'` it is emptied, once the configuration stands.
   *
   * @throws {LoggingError} `ERR_LOGGING_FILE`
   */
  open(): void {
    if (this.#fd !== undefined) return;
    const mode = this.#mode;
    let isCreated: boolean;
    try {
      isCreated = this.#open();
    } catch (error) {
      throw explainOpenError(this.path, error);
    }
    whenStanding({
      commit: () => {
        if (mode === 'w') this.#empty();
      },
      rollback: () => {
        const isUntouched = isCreated && this.#fd !== undefined && fstatSync(this.#fd).size === 0;
        this.close();
        if (isUntouched) rmSync(this.path, { force: true });
      },
    });
  }

  /** Opens the file unless it is open. @returns Whether it is open now; if not, the next write will tell why. */
  tryOpen(): boolean {
    if (this.#fd !== undefined) return true;
    try {
      this.#open();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Writes one record's text, opening the file if need be.
   *
   * @param writtenAt When the record was made, in milliseconds since the epoch.
   * @returns `undefined`, or the fault for which the text is kept instead.
   * @throws {Error} If the text cannot be encoded.
   */
  write(text: string, levelno = 0, writtenAt = Number.NaN): unknown {
    this.#writtenAt = writtenAt;
    const { codec } = this.#options;
    const encoded = codec.encode(text);
    return this.#writer.write(codec.bom !== '' && this.size === 0 ? codec.bom + encoded : encoded, levelno);
  }

  /** Writes what is held; what cannot be written stays held. */
  flush(): void {
    const fault = this.#writer.flush();
    if (fault !== undefined) this.onFault(fault);
  }

  /** The file stays open for its own handler. */
  detach(): void {
    this.flush();
  }

  /** Closes the file without letting go of what is held; the next write opens it again. */
  suspend(): void {
    if (this.#fd !== undefined) this.#takeBack(this.#fd);
    this.#writer.rewind();
    this.#release();
  }

  /** Writes what is held and lets go of what cannot be written; closes the file. A later write opens it again. */
  close(): void {
    this.#writer.end();
    if (this.#fd === undefined) return;
    try {
      this.#takeBack(this.#fd);
    } catch (error) {
      this.onFault(error);
    }
    this.#writer.rewind();
    this.#release();
  }

  /**
   * Goes over to the file that the name leads to now.
   *
   * If that cannot be opened, the old one is written to for as long as it has a name.
   *
   * @throws The system's error.
   */
  reopen(): void {
    const old = this.#fd;
    if (old === undefined) {
      this.#open();
      return;
    }
    // If that fails, the text is finished where it was begun.
    this.#takeBack(old);
    this.#writer.rewind();
    try {
      this.#open();
    } catch (error) {
      if (fstatSync(old).nlink === 0) this.#release();
      throw error;
    }
    closeSync(old);
  }

  /**
   * Goes over to the file that the name leads to now, if it is another than the open one.
   *
   * @returns Whether it has.
   */
  reopenIfMoved(): boolean {
    if (this.#fd === undefined || this.path in STANDARD_STREAMS) return false;
    const there = statOf(this.path);
    if (there !== undefined && isSame(there, this.#file)) {
      this.#base = there.size - this.#writer.bytesWritten;
      return false;
    }
    try {
      this.reopen();
    } catch (error) {
      // Without a file to write to it is the texts' fault; else it is only to be reported.
      if (this.#fd === undefined) throw error;
      this.onFault(error);
      return false;
    }
    this.onMoved();
    return true;
  }

  /** Whether the name leads to the open file. */
  get isInPlace(): boolean {
    const there = statOf(this.path);
    return there !== undefined && isSame(there, this.#file);
  }

  descriptor(): number {
    if (this.#fd === undefined) this.#open();
    else this.#check(this.#fd);
    return this.#fd!;
  }

  lost(): boolean {
    // The next reader of a pipe has not seen how a text began.
    if (!this.isRegular) this.#writer.rewind();
    this.#release();
    return true;
  }

  #open(): boolean {
    const { path } = this;
    const standard = STANDARD_STREAMS[path];
    const opened =
      standard === undefined
        ? openLogFile(path, this.#mode, this.#options.followsLinks)
        : { fd: standard, stats: fstatSync(standard), isCreated: false };
    this.#fd = opened.fd;
    this.#file = opened.stats;
    this.#base = opened.stats.size - this.#writer.bytesWritten;
    this.#checkedAt = Date.now();
    // Opened again, the file holds what was written to it before.
    this.#mode = 'a';
    return opened.isCreated;
  }

  /** Looks after the file from time to time: at each record it would cost as much as the write. */
  #check(fd: number): void {
    const { watchMs } = this.#options;
    // The record's time mostly tells that there is no need to look: asking the clock costs more.
    const ageMs = this.#writtenAt - this.#checkedAt;
    if (watchMs === undefined && ageMs >= 0 && ageMs < DELETION_CHECK_MS && this.#unclocked < MAX_UNCLOCKED) {
      this.#unclocked += 1;
      return;
    }
    this.#unclocked = 0;
    const now = Date.now();
    const passedMs = now - this.#checkedAt;
    // A clock that was set back must not put the look off.
    if (passedMs >= 0 && passedMs < (watchMs ?? DELETION_CHECK_MS)) return;
    this.#checkedAt = now;
    if (watchMs !== undefined || (this.isRegular && fstatSync(fd).nlink === 0)) this.reopenIfMoved();
  }

  #empty(): void {
    if (this.#fd === undefined || !this.isRegular) return;
    ftruncateSync(this.#fd, 0);
    this.#base = -this.#writer.bytesWritten;
  }

  /** Takes the head of a torn text back, unless others have written behind it. */
  #takeBack(fd: number): void {
    const { bytesBegun } = this.#writer;
    if (bytesBegun === 0) return;
    const { size } = fstatSync(fd);
    if (this.isRegular && size === this.#base + this.#writer.bytesWritten)
      ftruncateSync(fd, size - bytesBegun);
  }

  #release(): void {
    if (this.#fd !== undefined && !(this.path in STANDARD_STREAMS)) closeSync(this.#fd);
    this.#fd = undefined;
    this.#file = undefined;
  }
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return one.dev === other?.dev && one.ino === other.ino;
}

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
