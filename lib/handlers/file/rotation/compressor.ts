import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nodeModule } from '../../../runtime/node-module.js';
import { isProcessAlive, processToken } from '../../output/process-token.js';
import { changeOwner } from '../file-permissions.js';
import { gzipFrom, isGzipOf } from './gzip-file.js';
import { tryLockRotation } from './rotation-lock.js';

/**
 * How long to wait before compressing a rolled file: another process may write to it until it notices the roll. In
 * milliseconds.
 */
const SETTLE_MS = 100;

/**
 * Compresses rolled files in the background, one at a time.
 *
 * Nothing is lost wherever the process ends: the gzip is written to a temporary file, synced, renamed, and only then
 * the uncompressed file goes. Work that an earlier process left unfinished is resumed.
 */
export class Compressor {
  readonly #path: string;
  readonly #findRolled: () => readonly string[];
  readonly #onError: (error: unknown) => void;
  #work: Promise<void> | undefined;
  #isAsked = false;
  /** The files that could not be compressed and were reported, by inode: they are tried again after each roll. */
  readonly #failed = new Set<number>();

  /**
   * @param path The log file.
   * @param findRolled Every name a rolled file may have now, uncompressed.
   */
  constructor(path: string, findRolled: () => readonly string[], onError: (error: unknown) => void) {
    this.#path = path;
    this.#findRolled = findRolled;
    this.#onError = onError;
  }

  /** Schedules compression of every uncompressed rolled file. */
  start(): void {
    this.#isAsked = true;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves when everything that can be compressed is. Never rejects. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #run(): Promise<void> {
    while (this.#isAsked) {
      await sleep(SETTLE_MS);
      this.#isAsked = false;
      try {
        await this.#compressAll();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  async #compressAll(): Promise<void> {
    const tried = new Set<number>();
    const take = () => this.#take(tried);
    for (let rolled = await this.#locked(take); rolled !== undefined; rolled = await this.#locked(take)) {
      tried.add(rolled.stats.ino);
      try {
        await this.#compress(rolled);
      } catch (error) {
        this.#report(rolled.stats, error);
      } finally {
        closeSync(rolled.fd);
        if (rolled.gzipFd !== undefined) closeSync(rolled.gzipFd);
      }
    }
  }

  /** One file that cannot be compressed does not stop the others. */
  #report({ ino }: Stats, error: unknown): void {
    if (this.#failed.has(ino)) return;
    this.#failed.add(ino);
    this.#onError(error);
  }

  /** Opens the next file to compress: the oldest, which is deleted first. Names change; an open file does not. */
  #take(tried: Set<number>): Rolled | undefined {
    const taken = this.#removeAbandoned();
    for (const path of [...this.#findRolled()].reverse()) {
      const stats = statOf(path);
      if (!stats?.isFile() || tried.has(stats.ino) || taken.has(stats.ino)) continue;
      try {
        return this.#open(path, stats);
      } catch (error) {
        tried.add(stats.ino);
        this.#report(stats, error);
      }
    }
    return undefined;
  }

  #open(path: string, stats: Stats): Rolled {
    const fd = openSync(path, 'r');
    try {
      if (statOf(`${path}.gz`) !== undefined) return { stats, fd, gzipFd: openSync(`${path}.gz`, 'r') };
      // Beside it: a namer may have put it on another disk than the log file.
      const name = `${basename(this.#path)}.${stats.ino}.${processToken()}.gz.tmp`;
      const temporary = join(dirname(path), name);
      // Made here, under the lock: it shows other processes that this file is taken.
      makeLike(temporary, stats);
      return { stats, fd, temporary };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Removes the temporary files of processes that ended. @returns The files that running ones are compressing. */
  #removeAbandoned(): Set<number> {
    const taken = new Set<number>();
    const folders = new Set([this.#path, ...this.#findRolled()].map((path) => dirname(path)));
    for (const folder of folders) this.#removeAbandonedIn(folder, taken);
    return taken;
  }

  #removeAbandonedIn(directory: string, taken: Set<number>): void {
    if (!existsSync(directory)) return;
    const prefix = `${basename(this.#path)}.`;
    for (const name of readdirSync(directory)) {
      if (!name.startsWith(prefix)) continue;
      const [, ino, token] = /^(\d+)\.(.+)\.gz\.tmp$/.exec(name.slice(prefix.length)) ?? [];
      const stats = token === undefined ? undefined : statOf(join(directory, name));
      if (token === undefined || !stats?.isFile()) continue;
      if (isProcessAlive(token, Date.now() - stats.mtimeMs)) taken.add(Number(ino));
      else unlinkSync(join(directory, name));
    }
  }

  async #compress(rolled: Rolled): Promise<void> {
    const { stats, fd, temporary, gzipFd } = rolled;
    if (temporary !== undefined) return this.#writeGzip(stats, fd, temporary);
    // A process ended between the last two steps.
    const isDone = gzipFd !== undefined && (await isGzipOf(gzipFd, fd));
    await this.#locked(() => {
      const path = this.#find(stats);
      if (path === undefined) return;
      if (!isDone)
        throw new Error(`'${path}' stays uncompressed: its '.gz' exists, and was not made from it`);
      if (statOf(`${path}.gz`) !== undefined) unlinkSync(path);
    });
  }

  async #writeGzip(stats: Stats, source: number, temporary: string): Promise<void> {
    let target: FileHandle | undefined;
    try {
      target = await nodeModule('node:fs/promises').open(temporary, 'r+');
      let length = await gzipFrom(source, 0, target);
      // A late writer has added to the file.
      while (await this.#locked(() => fstatSync(source).size > length || this.#replace(stats, temporary))) {
        length = await gzipFrom(source, length, target);
      }
      await target.utimes(stats.atime, stats.mtime);
    } finally {
      await target?.close();
      await nodeModule('node:fs/promises').rm(temporary, { force: true });
    }
    await syncDirectory(dirname(temporary));
  }

  /**
   * Replaces the file by its gzip, under the file's current name; does nothing if the file has been deleted.
   *
   * @returns false if nothing is left to do.
   */
  #replace(stats: Stats, temporary: string): false {
    const path = this.#find(stats);
    if (path !== undefined && statOf(`${path}.gz`) === undefined) {
      renameSync(temporary, `${path}.gz`);
      unlinkSync(path);
    }
    return false;
  }

  /** The current name of a rolled file. */
  #find(stats: Stats): string | undefined {
    return this.#findRolled().find((path) => {
      const there = statOf(path);
      return there?.dev === stats.dev && there.ino === stats.ino;
    });
  }

  /** @param action Synchronous: this very process may want to roll the file, and could not wait for itself. */
  async #locked<T>(action: () => T): Promise<T> {
    let unlock = tryLockRotation(this.#path);
    while (unlock === undefined) {
      await sleep(5);
      unlock = tryLockRotation(this.#path);
    }
    try {
      return action();
    } finally {
      unlock();
    }
  }
}

/** A rolled file that is not compressed yet. */
interface Rolled {
  readonly stats: Stats;
  readonly fd: number;
  /** Where its gzip is written. */
  readonly temporary?: string;
  /** An existing file with its compressed name. */
  readonly gzipFd?: number;
}

/** Creates an empty file with the permissions of another, and its owner where this process may give it away. */
function makeLike(path: string, { mode, uid, gid }: Stats): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    changeOwner(fd, uid, gid);
    fchmodSync(fd, mode & 0o777);
  } finally {
    closeSync(fd);
  }
}

function sleep(ms: number): Promise<void> {
  return nodeModule('node:timers/promises').setTimeout(ms);
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** So that a power cut does not bring the uncompressed file's name back without its data. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await nodeModule('node:fs/promises').open(path, 'r');
    await directory.sync().finally(() => directory.close());
  } catch {
    // Not every platform lets a directory be opened.
  }
}
