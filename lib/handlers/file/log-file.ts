import { fstatSync, ftruncateSync, rmSync } from 'node:fs';
import { whenActive } from '../../core/activation.js';
import type { DeliveryStats } from '../delivery/delivery-queue.js';
import { type Batching, type Destination, TextWriter } from '../output/text-writer.js';
import { NamedFile } from './named-file.js';
import { type OpenLogFileOptions, removeEmptyDirectories } from './open-log-file.js';
import type { TextCodec } from './text-codec.js';

/** How a {@link LogFile} behaves. */
export interface LogFileOptions extends OpenLogFileOptions {
  readonly codec: TextCodec;
  readonly batching: Batching;
  /**
   * How often to check whether the name still leads to the open file, in milliseconds; 0 for each write. Default:
   * only once a second, and only whether the file has been deleted.
   */
  readonly watchMs?: number | undefined;
}

/** How often a file that is not watched is checked for deletion, in milliseconds. */
const DELETION_CHECK_MS = 1_000;
/** Writes for which the records' own times are used before the clock is read again. */
const MAX_UNCLOCKED = 256;

/**
 * A log file: the only code that writes log files. Texts go whole and at once to the kernel; see {@link TextWriter} for
 * what happens when it does not take them.
 */
export class LogFile implements Destination {
  /** Called with an error from a timer; set by the handler. */
  onError: (error: unknown) => void = () => {};
  /** Called when the name leads to another file, which is written to from now on; set by the handler. */
  onMoved: () => void = () => {};

  readonly #options: LogFileOptions;
  readonly #writer: TextWriter;
  readonly #file: NamedFile;
  /** Size of the file less the bytes the writer wrote: their sum is its size now. */
  #base = 0;
  #checkedAt = 0;
  /** Time of the current record, and how many records were written since the clock was read. */
  #writtenAt = Number.NaN;
  #unclocked = 0;

  constructor(
    /** Its absolute path. */
    readonly path: string,
    options: LogFileOptions,
  ) {
    this.#options = options;
    this.#file = new NamedFile(path, options);
    this.#writer = new TextWriter(this, options.batching);
  }

  get encoding(): BufferEncoding {
    return this.#options.codec.nodeEncoding;
  }

  get isOpen(): boolean {
    return this.#file.fd !== undefined;
  }

  /** True for an open regular file: only those are rotated. */
  get isRegular(): boolean {
    return this.#file.isRegular;
  }

  /**
   * Its size in bytes, including what is still to be written. Writes of other processes are seen when the file is
   * checked.
   */
  get size(): number {
    return this.#base + this.#writer.bytesWritten + this.#writer.bytesHeld;
  }

  /** What became of the records so far. */
  get stats(): DeliveryStats {
    return this.#writer.stats;
  }

  /** Device and inode of the open file; `undefined` while it is closed. */
  get identity(): { readonly dev: number; readonly ino: number } | undefined {
    return this.#file.stats;
  }

  /**
   * Opens the file unless it is open. With mode `'w'` it is emptied once the configuration is active.
   *
   * @throws {LoggingError} `ERR_LOGGING_FILE`
   */
  open(): void {
    if (this.isOpen) return;
    const { mode } = this.#file;
    const { isCreated, madeDirectories } = this.#file.openWholly();
    this.#begin();
    whenActive({
      commit: () => {
        if (mode === 'w') this.#empty();
      },
      rollback: () => {
        const { fd } = this.#file;
        const isUntouched = isCreated && fd !== undefined && fstatSync(fd).size === 0;
        this.close();
        if (isUntouched) rmSync(this.path, { force: true });
        removeEmptyDirectories(madeDirectories);
      },
    });
  }

  /** Opens the file unless it is open. @returns Whether it is open now; if not, the next write reports why. */
  tryOpen(): boolean {
    if (this.isOpen) return true;
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
   * @returns `undefined`, or the error because of which the text is kept.
   * @throws {Error} If the text cannot be encoded.
   */
  write(text: string, levelno = 0, writtenAt = Number.NaN): unknown {
    this.#writtenAt = writtenAt;
    const { codec } = this.#options;
    const encoded = codec.encode(text);
    // Opened first: whether the file has its mark is not known before.
    if (codec.bom !== '') this.tryOpen();
    return this.#writer.write(codec.bom !== '' && this.size === 0 ? codec.bom + encoded : encoded, levelno);
  }

  /** Writes what is buffered; what cannot be written stays buffered. */
  flush(): void {
    const error = this.#writer.flush();
    if (error !== undefined) this.onError(error);
  }

  /** The file stays open for its own handler. */
  detach(): void {
    this.flush();
  }

  /** Closes the file and keeps what is buffered; the next write opens it again. */
  suspend(): void {
    this.#takeBack();
    this.#file.remember();
    this.#writer.rewind();
    this.#release();
  }

  /** Before the file is moved away: see {@link NamedFile.prepareMove}. */
  prepareMove(dest: string): void {
    this.#file.prepareMove(dest);
  }

  /** Writes what is buffered, drops what cannot be written, and closes the file. A later write opens it again. */
  close(): void {
    this.#writer.end();
    if (!this.isOpen) return;
    try {
      this.#takeBack();
    } catch (error) {
      this.onError(error);
    }
    this.#writer.rewind();
    this.#release();
  }

  /**
   * Switches to the file that the name leads to now.
   *
   * If that cannot be opened, the old one is written to as long as it has a name.
   *
   * @throws The system's error.
   */
  reopen(): void {
    const old = this.#file.fd;
    if (old === undefined) {
      this.#open();
      return;
    }
    // If that fails, the text is finished where it was begun.
    this.#takeBack();
    this.#writer.rewind();
    try {
      this.#open();
    } catch (error) {
      if (fstatSync(old).nlink === 0) this.#file.release();
      throw error;
    }
  }

  /**
   * Switches to the file that the name leads to now, if it is not the open one.
   *
   * @returns Whether it did.
   */
  reopenIfMoved(): boolean {
    if (!this.isOpen) return false;
    const there = this.#file.statInPlace();
    if (there !== undefined) {
      this.#base = there.size - this.#writer.bytesWritten;
      return false;
    }
    try {
      this.reopen();
    } catch (error) {
      // Without a file the write fails with this error; otherwise it is only reported.
      if (!this.isOpen) throw error;
      this.onError(error);
      return false;
    }
    this.onMoved();
    return true;
  }

  /** Whether the name leads to the open file. */
  get isInPlace(): boolean {
    return this.#file.statInPlace() !== undefined;
  }

  descriptor(): number {
    const { fd } = this.#file;
    if (fd === undefined) this.#open();
    else this.#check(fd);
    return this.#file.fd!;
  }

  lost(): boolean {
    // The next reader of a pipe has not seen the beginning of the text.
    if (!this.isRegular) this.#writer.rewind();
    try {
      this.#file.release();
    } catch {
      // The error of the write is reported; that of closing the same descriptor says no more.
    }
    return true;
  }

  /** What the system says at the close, such as that a disk over the network is full, is reported. */
  #release(): void {
    try {
      this.#file.release();
    } catch (error) {
      this.onError(error);
    }
  }

  #open(): void {
    const { mode } = this.#file;
    const { closeFormer, error } = this.#file.open();
    this.#begin();
    if (mode === 'w') this.#empty();
    try {
      closeFormer();
    } catch (failed) {
      this.onError(failed);
    }
    if (error !== undefined) this.onError(error);
  }

  #begin(): void {
    this.#base = (this.#file.stats?.size ?? 0) - this.#writer.bytesWritten;
    this.#checkedAt = Date.now();
  }

  /** Checks the file from time to time: checking at each record would cost as much as the write. */
  #check(fd: number): void {
    const { watchMs } = this.#options;
    // The record's time mostly shows that no check is due: reading the clock costs more.
    const ageMs = this.#writtenAt - this.#checkedAt;
    if (watchMs === undefined && ageMs >= 0 && ageMs < DELETION_CHECK_MS && this.#unclocked < MAX_UNCLOCKED) {
      this.#unclocked += 1;
      return;
    }
    this.#unclocked = 0;
    const now = Date.now();
    const passedMs = now - this.#checkedAt;
    // A clock that was set back must not delay the check.
    if (passedMs >= 0 && passedMs < (watchMs ?? DELETION_CHECK_MS)) return;
    this.#checkedAt = now;
    if (watchMs !== undefined || (this.isRegular && fstatSync(fd).nlink === 0)) this.reopenIfMoved();
  }

  #empty(): void {
    const { fd } = this.#file;
    if (fd === undefined || !this.isRegular) return;
    ftruncateSync(fd, 0);
    this.#base = -this.#writer.bytesWritten;
  }

  /** Removes the beginning of an unfinished text, unless others have written after it. */
  #takeBack(): void {
    const { bytesBegun } = this.#writer;
    const { fd } = this.#file;
    if (fd === undefined || bytesBegun === 0) return;
    const { size } = fstatSync(fd);
    if (this.isRegular && size === this.#base + this.#writer.bytesWritten)
      ftruncateSync(fd, size - bytesBegun);
  }
}
