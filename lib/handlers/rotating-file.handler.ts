import { lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { BaseRotatingHandler } from './base-rotating-handler.js';
import { fileEntries, modeEntry } from './support/file-options.js';
import { rotationEntries } from './support/rotation-options.js';

/** Options of a {@link RotatingFileHandler}. */
export const rotatingFileHandlerSchema = lazy(() =>
  v.strictObject({
    ...fileEntries(),
    mode: modeEntry(),
    ...rotationEntries(),
  }),
);

/** Options of a {@link RotatingFileHandler}. */
export type RotatingFileHandlerOptions = v.InferInput<ReturnType<typeof rotatingFileHandlerSchema>>;

/**
 * Writes to a file that is rolled over when it grows to `maxBytes`: `app.log` becomes `app.log.1`, what was
 * `app.log.1` becomes `app.log.2`, and so on up to `backupCount`. Never, if either of the two is 0.
 *
 * Delivery: `sync-to-kernel`; several processes may share the file, see {@link BaseRotatingHandler}. With `compress`
 * the rolled files are `app.log.1.gz` and so on: written beside, synced and renamed before the uncompressed one goes.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#rotatingfilehandler
 */
export class RotatingFileHandler extends BaseRotatingHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(RotatingFileHandler, 'optionsSchema', rotatingFileHandlerSchema);
  }

  /** @throws {LoggingError} As {@link FileHandler} does. */
  constructor(options: RotatingFileHandlerOptions) {
    const isExact = new.target === RotatingFileHandler;
    const checked = checkOptions('RotatingFileHandler', rotatingFileHandlerSchema(), options, isExact);
    // Emptying the file at each start would lose what the roll is to keep.
    super(checked.maxBytes > 0 ? { ...checked, mode: 'a' } : checked);
  }

  /** Whether `record` would bring the file to `maxBytes`. */
  override shouldRollover(record: LogRecord): boolean {
    // Without backups nothing would happen, unless a derived class does something else.
    if (this.backupCount <= 0 && this.doRollover === RotatingFileHandler.prototype.doRollover) return false;
    return this.isOverSize(record);
  }

  /** Rolls the file over now, whatever its size. */
  override doRollover(): void {
    this.roll(() => {
      const { backupCount, baseFilename } = this;
      if (backupCount <= 0) return;
      const present = this.#present();
      for (let index = backupCount - 1; index > 0; index--) {
        const source = this.#slot(index);
        if (this.#forms.some((form) => present(`${source}${form}`)))
          this.#shift(source, this.#slot(index + 1));
      }
      this.#clear(this.#slot(1));
      this.rotate(baseFilename, this.#slot(1));
    });
  }

  protected override rolledFiles(): string[] {
    return Array.from({ length: this.backupCount }, (_, index) => this.#slot(index + 1));
  }

  #slot(index: number): string {
    return this.rotation_filename(`${this.baseFilename}.${index}`);
  }

  /** Tells what may be there, by one look into the directory: to ask for each of a thousand names takes milliseconds. */
  #present(): (path: string) => boolean {
    const directory = dirname(this.baseFilename);
    const names = new Set(readdirSync(directory));
    return (path) => dirname(path) !== directory || names.has(basename(path));
  }

  #shift(source: string, dest: string): void {
    const forms = this.#forms.filter((form) => isBackup(`${source}${form}`));
    if (forms.length > 0) this.#clear(dest);
    for (const form of forms) renameSync(`${source}${form}`, `${dest}${form}`);
  }

  /** Removes what is at `path`: the oldest backup, or one whose place is needed. */
  #clear(path: string): void {
    for (const form of this.#forms) if (isBackup(`${path}${form}`)) unlinkSync(`${path}${form}`);
  }

  /** What may be added to the name of a rolled file. */
  get #forms(): readonly string[] {
    return this.compressor === undefined ? [''] : ['', '.gz'];
  }
}

/**
 * Whether there is a backup.
 *
 * @throws {Error} If there is something else: that is not ours to move or remove.
 */
function isBackup(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // A log file may be a symbolic link itself (followLinks), and so may its backups be then.
  if (stats === undefined || stats.isFile() || stats.isSymbolicLink()) return stats !== undefined;
  throw new Error(`cannot roll over: '${path}' is in the way, and is no regular file`);
}
