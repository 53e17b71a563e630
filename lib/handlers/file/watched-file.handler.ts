import { COMPONENT, declareComponent } from '../../core/component.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions, type OptionsSchema } from '../../core/options.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { FileHandler, type FileHandlerOptions, fileHandlerSchema } from './file.handler.js';

/** Options of a {@link WatchedFileHandler}. */
export type WatchedFileHandlerOptions = FileHandlerOptions;

/**
 * A file handler for files that another program moves away, such as `logrotate`: before each write it checks whether
 * the name still leads to the open file, and switches to the new one if not.
 *
 * Delivery: `sync-to-kernel`.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#watchedfilehandler
 */
export class WatchedFileHandler extends FileHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(WatchedFileHandler, {
    name: 'WatchedFileHandler',
    pythonNames: ['logging.handlers.WatchedFileHandler'],
    schema: fileHandlerSchema,
  });

  /**
   * @param given The options, or, as in Python, just the path of the file, then the mode.
   * @throws {LoggingError} As {@link FileHandler} does.
   */
  constructor(given: WatchedFileHandlerOptions | string, mode?: string) {
    const options = typeof given === 'string' ? { filename: given, mode } : given;
    checkOptions('WatchedFileHandler', fileHandlerSchema(), options, new.target === WatchedFileHandler);
    super(options, { watchMs: 0 });
  }

  override emit(record: LogRecord): void {
    // The file checks by itself before each write; an overriding method is called as in Python.
    if (this.reopenIfNeeded !== reopenIfNeeded) this.reopenIfNeeded();
    super.emit(record);
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
   * Switches to the file that the name leads to now, if it is not the open one. Done before each write.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.WatchedFileHandler.reopenIfNeeded
   */
  reopenIfNeeded(): void {
    this.file.reopenIfMoved();
  }
}

const { reopenIfNeeded } = WatchedFileHandler.prototype;
