import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pause } from '../../runtime/deadline.js';
import { nodeModule } from '../../runtime/node-module.js';

/** How long is waited for a file that is being written to come to rest, in milliseconds. */
const REST_MS = 40;
/** How often at most, one after the other. */
const MAX_RESTS = 25;

/** What files hold, by path; `undefined` for one that is not there. */
export type FileContents = ReadonlyMap<string, string | undefined>;

/**
 * Reports when the contents of files have changed: written, replaced by renaming, made, removed, or reached through
 * a symbolic link that was turned elsewhere, as Kubernetes does.
 *
 * The folders are watched where the system can; besides, the files are looked at every `pollMs`. Does not keep the
 * process alive.
 */
export class FileWatcher {
  readonly #files: readonly string[];
  readonly #changed: () => void;
  readonly #folders = new Map<string, FSWatcher>();
  readonly #poll: NodeJS.Timeout;
  #contents: FileContents;
  #isChecking = false;
  #isStopped = false;
  #again = false;

  /**
   * @param contents The contents of the files when they were last read.
   * @param pollMs Milliseconds between two looks.
   * @param changed Called once for each change, when the files have come to rest.
   */
  constructor(contents: FileContents, pollMs: number, changed: () => void) {
    this.#files = [...contents.keys()];
    this.#contents = contents;
    this.#changed = changed;
    this.#poll = setInterval(() => void this.check(), pollMs).unref();
    this.#watchFolders();
    // What happened between reading and watching.
    void this.check();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#poll);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Looks at the files now. */
  async check(): Promise<void> {
    if (this.#isChecking) {
      this.#again = true;
      return;
    }
    this.#isChecking = true;
    try {
      do {
        this.#again = false;
        await this.#compare();
      } while (this.#again && !this.#isStopped);
    } finally {
      this.#isChecking = false;
    }
  }

  async #compare(): Promise<void> {
    let contents = await readAll(this.#files);
    if (this.#isStopped || isSame(contents, this.#contents)) return;
    for (let rests = 0; rests < MAX_RESTS; rests += 1) {
      await pause(REST_MS);
      const next = await readAll(this.#files);
      if (isSame(next, contents)) break;
      contents = next;
    }
    if (this.#isStopped) return;
    this.#watchFolders();
    if (isSame(contents, this.#contents)) return;
    this.#contents = contents;
    this.#changed();
  }

  /** The folders of the files, and of what their links lead to; these change when links do. */
  #watchFolders(): void {
    const wanted = new Set(this.#files.flatMap((file) => [dirname(file), dirname(targetOf(file))]));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const names = new Set(this.#files.flatMap((file) => [basename(file), basename(targetOf(file))]));
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        // Log files that grow in the same folder are none of our business.
        if (event === 'rename' || name === null || names.has(name)) void this.check();
      });
      watcher.on('error', () => this.#giveUp(folder));
      this.#folders.set(folder, watcher);
    } catch {
      // Not there, or nothing to be watched by the system: looking has to do.
    }
  }

  #giveUp(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
  }
}

function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

async function readAll(files: readonly string[]): Promise<FileContents> {
  return new Map(await Promise.all(files.map(async (file) => [file, await readText(file)] as const)));
}

/** The text of a file, or `undefined` if it cannot be read. */
async function readText(file: string): Promise<string | undefined> {
  try {
    return await nodeModule('node:fs/promises').readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isSame(contents: FileContents, others: FileContents): boolean {
  return [...contents].every(([file, text]) => others.get(file) === text);
}
