import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nodeModule } from '../../internal/node-module.js';
import { gzipFrom, isGzipOf } from './gzip-file.js';
import { isProcessAlive, processToken } from './process-token.js';
import { tryLockRotation } from './rotation-lock.js';

/** How long a rolled file is left alone: another process may write to it until it sees the roll. In milliseconds. */
const SETTLE_MS = 100;

/**
 * Compresses rolled files in the background, one at a time.
 *
 * Nothing is lost wherever the process ends: the gzip is written to a temporary file, synced, renamed, and only then
 * the uncompressed file goes. What an earlier process left half-done is taken up again.
 */
export class Compressor {
  readonly #path: string;
  readonly #findRolled: () => readonly string[];
  readonly #onFault: (error: unknown) => void;
  #work: Promise<void> | undefined;
  #isAsked = false;

  /**
   * @param path The log file.
   * @param findRolled Every name a rolled file may have now, uncompressed.
   */
  constructor(path: string, findRolled: () => readonly string[], onFault: (error: unknown) => void) {
    this.#path = path;
    this.#findRolled = findRolled;
    this.#onFault = onFault;
  }

  /** Compresses, in a while, every rolled file that is not. */
  start(): void {
    this.#isAsked = true;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves when everything is compressed that can be. Never rejects. */
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
        this.#onFault(error);
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
      } finally {
        closeSync(rolled.fd);
        if (rolled.gzipFd !== undefined) closeSync(rolled.gzipFd);
      }
    }
  }

  /** Opens the next file to compress: the oldest, whose place is given up first. Names change; what is open does not. */
  #take(tried: ReadonlySet<number>): Rolled | undefined {
    const taken = this.#removeAbandoned();
    for (const path of [...this.#findRolled()].reverse()) {
      const stats = statOf(path);
      if (!stats?.isFile() || tried.has(stats.ino) || taken.has(stats.ino)) continue;
      const fd = openSync(path, 'r');
      if (statOf(`${path}.gz`) !== undefined) return { stats, fd, gzipFd: openSync(`${path}.gz`, 'r') };
      const temporary = `${this.#path}.${stats.ino}.${processToken()}.gz.tmp`;
      try {
        // Made here, under the lock: it tells other processes that this file is taken.
        closeSync(openSync(temporary, 'wx', stats.mode & 0o777));
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      return { stats, fd, temporary };
    }
    return undefined;
  }

  /** Removes the temporary files of processes that ended. @returns The files that living ones are at. */
  #removeAbandoned(): Set<number> {
    const [directory, prefix] = [dirname(this.#path), `${basename(this.#path)}.`];
    const taken = new Set<number>();
    for (const name of readdirSync(directory)) {
      if (!name.startsWith(prefix)) continue;
      const [, ino, token] = /^(\d+)\.(.+)\.gz\.tmp$/.exec(name.slice(prefix.length)) ?? [];
      const stats = token === undefined ? undefined : statOf(join(directory, name));
      if (token === undefined || !stats?.isFile()) continue;
      if (isProcessAlive(token, Date.now() - stats.mtimeMs)) taken.add(Number(ino));
      else unlinkSync(join(directory, name));
    }
    return taken;
  }

  async #compress(rolled: Rolled): Promise<void> {
    const { stats, fd, temporary, gzipFd } = rolled;
    if (temporary !== undefined) return this.#writeGzip(stats, fd, temporary);
    // A process ended between the last two steps.
    const isDone = gzipFd !== undefined && (await isGzipOf(gzipFd, fd));
    await this.#locked(() => {
      const path = this.#find(stats);
      if (path === undefined) return;
      if (!isDone) throw new Error(`'${path}' stays uncompressed: its '.gz' is there, and is not made of it`);
      if (statOf(`${path}.gz`) !== undefined) unlinkSync(path);
    });
  }

  async #writeGzip(stats: Stats, source: number, temporary: string): Promise<void> {
    let target: FileHandle | undefined;
    try {
      target = await open(temporary, 'r+');
      let length = await gzipFrom(source, 0, target);
      // A writer that was late adds to the file once more.
      while (await this.#locked(() => fstatSync(source).size > length || this.#replace(stats, temporary))) {
        length = await gzipFrom(source, length, target);
      }
      await target.utimes(stats.atime, stats.mtime);
    } finally {
      await target?.close();
      await rm(temporary, { force: true });
    }
    await syncDirectory(dirname(this.#path));
  }

  /**
   * Puts the gzip in the place of its file, whatever that is called by now; nowhere if it has been deleted.
   *
   * @returns false: there is no more to be done.
   */
  #replace(stats: Stats, temporary: string): false {
    const path = this.#find(stats);
    if (path !== undefined && statOf(`${path}.gz`) === undefined) {
      renameSync(temporary, `${path}.gz`);
      unlinkSync(path);
    }
    return false;
  }

  /** What a rolled file is called by now. */
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
  /** The file that has its compressed name already. */
  readonly gzipFd?: number;
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
    const directory = await open(path, 'r');
    await directory.sync().finally(() => directory.close());
  } catch {
    // Not every platform lets a directory be opened.
  }
}
