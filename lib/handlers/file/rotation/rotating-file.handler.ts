import { existsSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions, type OptionsSchema } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { lazy } from '../../../runtime/lazy.js';
import { fileEntries, modeEntry } from '../file-options.js';
import { BaseRotatingHandler } from './base-rotating-handler.js';
import { findExcess, type RetainedFile } from './retention.js';
import { rotationEntries } from './rotation-options.js';

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
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(RotatingFileHandler, {
    name: 'RotatingFileHandler',
    pythonNames: [
      'logging.handlers.RotatingFileHandler',
      'airflow.utils.log.non_caching_file_handler.NonCachingRotatingFileHandler',
    ],
    schema: rotatingFileHandlerSchema,
  });

  /** @throws {LoggingError} As {@link FileHandler} does. */
  constructor(options: RotatingFileHandlerOptions) {
    const isExact = new.target === RotatingFileHandler;
    const checked = checkOptions('RotatingFileHandler', rotatingFileHandlerSchema(), options, isExact);
    // Emptying the file at each start would lose what rolling is meant to keep.
    super(checked.maxBytes > 0 ? { ...checked, mode: 'a' } : checked);
  }

  /** Whether `record` would bring the file to `maxBytes`. */
  override shouldRollover(record: LogRecord): boolean {
    return this.isOverSize(record);
  }

  protected override get rolls(): boolean {
    return this.#movesFiles || this.shouldRollover !== RotatingFileHandler.prototype.shouldRollover;
  }

  get #movesFiles(): boolean {
    // Without backups rolling does nothing, unless a derived class changes that.
    return (
      this.backupCount > 0 ||
      this.retainsByAgeOrSize ||
      this.doRollover !== RotatingFileHandler.prototype.doRollover
    );
  }

  /** Rolls the file over now, whatever its size. */
  override doRollover(): void {
    this.roll(() => {
      const { backupCount, baseFilename } = this;
      const isPresent = this.#present();
      const last = backupCount > 0 ? backupCount : this.#countInRow(isPresent) + 1;
      if (!this.#movesFiles) return;
      if (backupCount === 0 && isPresent(last))
        throw new Error(`'${this.#slot(last)}' exists already, and namer returns no other name`);
      // From the oldest on, each moves to the free place: the one before it, unless a file cannot be moved.
      let free: number | undefined;
      for (let index = last; index > 0; index--)
        if (!isPresent(index) || this.#moveOn(index, free)) free = index;
      this.rotate(baseFilename, this.#slot(free ?? 1));
      this.prune();
    });
  }

  protected override rolledFiles(): string[] {
    const isPresent = this.#present();
    const count = this.backupCount > 0 ? this.backupCount : this.#countInRow(isPresent);
    const indexes = Array.from({ length: count }, (_, index) => index + 1).filter(isPresent);
    return indexes.map((index) => this.#slot(index));
  }

  protected override excessFiles(): string[] {
    if (!this.retainsByAgeOrSize) return [];
    const isPresent = this.#present();
    const count = Math.max(this.backupCount, this.#countInRow(isPresent));
    const files: RetainedFile[] = [];
    for (let index = count; index > 0; index--) {
      const paths = this.#forms.map((form) => `${this.#slot(index)}${form}`);
      const stats = isPresent(index)
        ? paths.map((path) => lstatSync(path, { throwIfNoEntry: false })).filter((one) => one?.isFile())
        : [];
      if (stats.length === 0) continue;
      const endedAt = Math.max(...stats.map((one) => one?.mtimeMs ?? 0));
      files.push({ paths, endedAt, bytes: stats.reduce((sum, one) => sum + (one?.size ?? 0), 0) });
    }
    // Moving them up keeps the count.
    const { maxAgeMs, maxTotalBytes } = this;
    return findExcess(files, { backupCount: 0, maxAgeMs, maxTotalBytes }).flatMap(({ paths }) => paths);
  }

  /** How many backups there are from the first to the first gap, or to the first name that a namer returns again. */
  #countInRow(isPresent: (index: number) => boolean): number {
    const known = new Set<string>();
    let count = 0;
    while (isPresent(count + 1) && !(this.#isNamed && known.has(this.#slot(count + 1)))) {
      count += 1;
      if (this.#isNamed) known.add(this.#slot(count));
    }
    return count;
  }

  get #isNamed(): boolean {
    return this.namer !== null || this.rotation_filename !== RotatingFileHandler.prototype.rotation_filename;
  }

  /** @throws {Error} If a namer returns the log file itself: making room for a rolled file would remove it. */
  #slot(index: number): string {
    const name = this.rotation_filename(`${this.baseFilename}.${index}`);
    if (resolve(name) !== this.baseFilename) return name;
    throw new Error(`namer returns '${name}', the log file itself`);
  }

  /** Lists the existing backups with one read of each folder: checking a thousand names would take milliseconds. */
  #present(): (index: number) => boolean {
    const folders = new Map<string, ReadonlySet<string>>();
    const names = (folder: string): ReadonlySet<string> => {
      const known = folders.get(folder) ?? new Set(existsSync(folder) ? readdirSync(folder) : []);
      folders.set(folder, known);
      return known;
    };
    const folder = dirname(this.baseFilename);
    const prefix = basename(this.baseFilename);
    return (index) => {
      // Parsing thousands of paths would take as long as checking them.
      const path = this.#isNamed ? this.#slot(index) : undefined;
      const present = names(path === undefined ? folder : dirname(path));
      const name = path === undefined ? `${prefix}.${index}` : basename(path);
      return this.#forms.some((form) => present.has(name + form));
    };
  }

  /** Moves a backup to a free place, or removes it if there is none. @returns Whether it is gone. */
  #moveOn(index: number, free: number | undefined): boolean {
    const source = this.#slot(index);
    const forms = this.#forms.filter((form) => isBackup(`${source}${form}`));
    const moved: string[] = [];
    try {
      for (const form of forms) {
        if (free === undefined) unlinkSync(`${source}${form}`);
        else {
          renameSync(`${source}${form}`, `${this.#slot(free)}${form}`);
          moved.push(form);
        }
      }
      return true;
    } catch (error) {
      // A file and its gzip stay together: under two numbers, nobody would know that they hold the same records.
      for (const form of moved) renameSync(`${this.#slot(free ?? index)}${form}`, `${source}${form}`);
      const { code, message } = error as NodeJS.ErrnoException;
      if (!STUCK.has(code)) throw error;
      this.reportStuck(source, new Error(`cannot move or delete '${source}': ${message}`, { cause: error }));
      return false;
    }
  }

  /** Suffixes of the name of a rolled file. */
  get #forms(): readonly string[] {
    return this.compressor === undefined ? [''] : ['', '.gz'];
  }
}

/** A file that is immutable or in use stays where it is, and the others skip it. */
const STUCK: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/**
 * Whether there is a backup.
 *
 * @throws {Error} If something else has that name: it is not ours to move or remove.
 */
function isBackup(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // A log file may be a symbolic link itself (followLinks), and so may its backups be then.
  if (stats === undefined || stats.isFile() || stats.isSymbolicLink()) return stats !== undefined;
  throw new Error(`cannot roll over: '${path}' is in the way, and is not a regular file`);
}
