import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import { FileHandler, type FileHandlerOptions, fileHandlerSchema } from './file.handler.js';

/** Options of a {@link WatchedFileHandler}. */
export type WatchedFileHandlerOptions = FileHandlerOptions;

/**
 * A file handler for files that another program moves away, such as `logrotate`: before each write it looks whether
 * the name still leads to the open file, and goes over to the new one if not.
 *
 * Delivery: `sync-to-kernel`.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#watchedfilehandler
 */
export class WatchedFileHandler extends FileHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(WatchedFileHandler, 'optionsSchema', fileHandlerSchema);
  }

  /** @throws {LoggingError} As {@link FileHandler} does. */
  constructor(options: WatchedFileHandlerOptions) {
    checkOptions('WatchedFileHandler', fileHandlerSchema(), options, new.target === WatchedFileHandler);
    super(options, { watchMs: 0 });
  }

  /** Device of the open file; -1 while it is closed. */
  get dev(): number {
    return this.file.identity?.dev ?? -1;
  }

  /** Inode of the open file; -1 while it is closed. */
  get ino(): number {
    return this.file.identity?.ino ?? -1;
  }

  /**
   * Goes over to the file that the name leads to now, if it is another than the open one. Done before each write.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.WatchedFileHandler.reopenIfNeeded
   */
  reopenIfNeeded(): void {
    this.file.reopenIfMoved();
  }
}
