import { closeSync, fstatSync, lstatSync, openSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipFrom, isGzipOf } from './gzip-file.js';
import { tryLockRotation } from './rotation-lock.js';

/** How long a rolled file is left alone: another process may write to it until it sees the roll. In milliseconds. */
const SETTLE_MS = 100;
/** A temporary file that nobody has written to for so long was left behind by a process that ended, in milliseconds. */
const ABANDONED_MS = 60_000;

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
        await this.#removeAbandoned();
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
    for (const path of [...this.#findRolled()].reverse()) {
      const stats = statOf(path);
      if (!stats?.isFile() || tried.has(stats.ino)) continue;
      const isHalfDone = statOf(`${path}.gz`) !== undefined;
      return { stats, fd: openSync(path, 'r'), gzipFd: isHalfDone ? openSync(`${path}.gz`, 'r') : undefined };
    }
    return undefined;
  }

  async #compress(rolled: Rolled): Promise<void> {
    if (rolled.gzipFd === undefined) return this.#writeGzip(rolled);
    // A process ended between the last two steps.
    const isDone = await isGzipOf(rolled.gzipFd, rolled.fd);
    await this.#locked(() => {
      const path = this.#find(rolled.stats);
      if (path === undefined) return;
      if (!isDone) throw new Error(`'${path}' stays uncompressed: its '.gz' is there, and is not made of it`);
      if (statOf(`${path}.gz`) !== undefined) unlinkSync(path);
    });
  }

  async #writeGzip({ fd, stats }: Rolled): Promise<void> {
    const temporary = `${this.#path}.${stats.ino}.gz.tmp`;
    const target = await openNew(temporary, stats.mode & 0o777);
    // Another process is at it.
    if (target === undefined) return;
    try {
      let length = await gzipFrom(fd, 0, target);
      // A writer that was late adds to the file once more.
      while (await this.#locked(() => fstatSync(fd).size > length || this.#replace(stats, temporary))) {
        length = await gzipFrom(fd, length, target);
      }
      await target.utimes(stats.atime, stats.mtime);
    } finally {
      await target.close();
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

  async #removeAbandoned(): Promise<void> {
    const directory = dirname(this.#path);
    const prefix = `${basename(this.#path)}.`;
    for (const name of await readdir(directory)) {
      if (!name.startsWith(prefix) || !/^\d+\.gz\.tmp$/.test(name.slice(prefix.length))) continue;
      const path = join(directory, name);
      const modified = statOf(path)?.mtimeMs;
      if (modified !== undefined && Date.now() - modified > ABANDONED_MS) await rm(path, { force: true });
    }
  }
}

async function openNew(path: string, mode: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

/** A rolled file that is not compressed yet. */
interface Rolled {
  readonly stats: Stats;
  readonly fd: number;
  /** The file that has its compressed name, if there is one. */
  readonly gzipFd: number | undefined;
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
