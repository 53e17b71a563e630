import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { LEAN } from '../../core/lean.js';
import { checkLevel, getLevelName } from '../../core/levels.js';
import { checkOptions, type OptionsSchema } from '../../core/options.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { lazy } from '../../runtime/lazy.js';
import { StreamHandler } from '../console/stream.handler.js';
import { absolutePath, fileEntries, modeEntry, newFilePermissions } from './file-options.js';
import { LogFile } from './log-file.js';
import { parseFileMode } from './open-log-file.js';
import { textCodec } from './text-codec.js';

/** Options of a {@link FileHandler}. */
export const fileHandlerSchema = lazy(() => v.strictObject({ ...fileEntries(), mode: modeEntry() }));

/** Options of a {@link FileHandler}. */
export type FileHandlerOptions = v.InferInput<ReturnType<typeof fileHandlerSchema>>;

/** What derived classes may require of the file. */
export interface FileHandlerInternals {
  /** See `LogFileOptions`. */
  readonly watchMs?: number;
}

/**
 * Writes each record, formatted, and a newline to a file.
 *
 * Delivery: `sync-to-kernel`. A line is in the file when the log call returns, whatever happens to the process, unless
 * `bufferSize` says otherwise. While the disk is full, or the file cannot be written for another reason, lines are
 * buffered, up to 16 MiB or 50,000 records, and written once it works again. The file is made with mode 0640 under
 * the umask, or with `fileMode`; a symbolic link or a file with hard links is refused without `followLinks`.
 *
 * Differs from Python: characters that the encoding does not have are written as escapes (`errors:
 * 'backslashreplace'`), where Python drops the record; a deleted file is created again within a second; mode `'w'`
 * appends too, once the file is empty, so that handlers that share a file do not overwrite each other.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#filehandler
 */
export class FileHandler extends StreamHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(FileHandler, {
    name: 'FileHandler',
    pythonNames: ['logging.FileHandler', 'airflow.utils.log.non_caching_file_handler.NonCachingFileHandler'],
    schema: fileHandlerSchema,
  });

  /** Absolute path of the file. */
  readonly baseFilename: string;
  /** How the file is opened: `'a'`, `'w'` or `'x'`. */
  readonly mode: string;
  /** Encoding of the file. */
  readonly encoding: string;
  /** What is done with characters that the encoding does not have. */
  readonly errors: string;
  /** Whether the file is opened at the first record only. */
  readonly delay: boolean;

  /** The file, open or not. */
  protected readonly file: LogFile;
  #isClosed = false;

  /**
   * @param options The options, or, as in Python, just the path of the file, then the mode.
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if the file cannot be opened, or must not be;
   * `ERR_LOGGING_MISSING_PACKAGE` if the encoding needs one.
   */
  constructor(options: FileHandlerOptions | string, internals: FileHandlerInternals | string = {}) {
    const given = byPosition(options, internals);
    const checked = checkOptions('FileHandler', fileHandlerSchema(), given, new.target === FileHandler);
    const { filename, mode, delay, bufferSize, flushIntervalMs, flushLevel, followLinks } = checked;
    const encoding = checked.encoding ?? 'utf-8';
    const errors = checked.errors ?? 'backslashreplace';
    const file = new LogFile(absolutePath(filename), {
      mode: parseFileMode(mode),
      codec: textCodec(encoding, errors),
      batching: { bufferSize, flushIntervalMs, flushLevel: checkLevel(flushLevel) },
      followsLinks: followLinks,
      ...newFilePermissions(checked),
      watchMs: typeof internals === 'string' ? undefined : internals.watchMs,
    });
    if (!delay) file.open();
    const { level, formatter, filters } = checked;
    super({ level, formatter, filters, stream: file });
    file.onError = (error) => this.reportError(error);
    this.file = file;
    this.baseFilename = file.path;
    this.mode = mode;
    this.encoding = encoding;
    this.errors = errors;
    this.delay = delay;
  }

  override emit(record: LogRecord): void {
    // Emptying the file again would lose what was logged before it was closed.
    if (this.#isClosed && this.mode.startsWith('w')) return;
    if (!this.file.isOpen) this.#openBeforeFormatting();
    super.emit(record);
  }

  /** As in Python, a delayed file is there even if its first record cannot be formatted. */
  #openBeforeFormatting(): void {
    try {
      this.file.open();
    } catch {
      // Writing tries again; it buffers the text and reports the error.
    }
  }

  /** Writes what is buffered and closes the file. A later record opens it again, unless `mode` is `'w'`. */
  override close(): void | Promise<void> {
    this.#isClosed = true;
    super.close();
    this.file.close();
  }

  override toString(): string {
    return `<${this.constructor.name} ${this.baseFilename} (${getLevelName(this.level)})>`;
  }
}

function byPosition(options: FileHandlerOptions | string, mode: unknown): FileHandlerOptions {
  if (typeof options !== 'string') return options;
  return typeof mode === 'string' ? { filename: options, mode } : { filename: options };
}
