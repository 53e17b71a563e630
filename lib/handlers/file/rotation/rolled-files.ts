import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { utcOffsetAt } from '../../../python/time/local-zone.js';
import { strftime } from '../../../python/time/strftime.js';
import type { RetainedFile } from './retention.js';
import { suffixReader, type WallTime, wallSeconds } from './suffix-time.js';

/** What decides the names of timed rolled files: the handler, read each time. */
export interface RolledNaming {
  readonly baseFilename: string;
  /** The strftime format of the time in their names. */
  readonly suffix: string;
  /** Matches the whole of what `suffix` writes. */
  readonly extMatch: RegExp;
  readonly utc: boolean;
  /** Seconds that a file covers. */
  readonly interval: number;
  /** The name that replaces a default one. */
  rotation_filename(defaultName: string): string;
}

/** A file that was rolled over, known by its name. */
export interface RolledFile extends RetainedFile {
  /** The time in its name, as written there. */
  readonly time: string;
  /** Its number among the files with that time, from 0. */
  readonly count: number;
  /** Its position in the order, in seconds: the time in its name, else that of its last change. */
  readonly wall: number;
  /** Whether the position is the time in its name. */
  readonly isDated: boolean;
  /** Whether its name has a future time: the clock was wrong when it was rolled. */
  readonly isAhead: boolean;
}

/** How far a name may be ahead of the clock: a clock that was set back by more had been wrong. In seconds. */
const AHEAD_SECONDS = 86_400;

/**
 * The rolled files of a timed log file: their names, and their order.
 *
 * The name alone decides: by its time, then by its count. So each new name must come after all existing ones: where
 * the file is rolled twice in one period, while the clock repeats an hour, and after it was set back, it is the latest
 * name with the next count. Where the suffix has no full date, the last change of the file is used.
 */
export class RolledFiles {
  readonly #naming: RolledNaming;

  constructor(naming: RolledNaming) {
    this.#naming = naming;
  }

  /** The existing files, oldest first: regular files with exactly the names that this handler gives. */
  list(): RolledFile[] {
    const found = new Map<string, { time: string; count: number; paths: string[]; stats: Stats[] }>();
    for (const path of this.#candidates()) {
      const known = this.#recognize(path);
      const stats = known && lstatSync(path, { throwIfNoEntry: false });
      if (known === undefined || !stats?.isFile()) continue;
      const key = `${known.count} ${known.time}`;
      const file = found.get(key) ?? { ...known, paths: [], stats: [] };
      file.paths.push(path);
      file.stats.push(stats);
      found.set(key, file);
    }
    const read = suffixReader(this.#naming.suffix);
    const latestWall = this.#wallNow() + AHEAD_SECONDS;
    return [...found.values()]
      .map(({ time, count, paths, stats }): RolledFile => {
        const dated = read?.(time);
        const changedMs = Math.max(...stats.map(({ mtimeMs }) => mtimeMs));
        const wall = dated === undefined ? this.#wall(changedMs / 1000) : wallSeconds(dated);
        return {
          time,
          count,
          wall,
          isDated: dated !== undefined,
          isAhead: dated !== undefined && wall > latestWall,
          paths: paths.sort(),
          endedAt: dated === undefined ? changedMs : this.#instantMs(dated) + this.#naming.interval * 1000,
          bytes: stats.reduce((sum, { size }) => sum + size, 0),
        };
      })
      .sort(byAge);
  }

  /**
   * The name of a file that is rolled over now.
   *
   * @param time The time for its name, unless an existing file has a later one.
   * @throws {Error} If the namer returns only names that are taken.
   */
  nextName(time: string): string {
    const files = this.list();
    const wanted = suffixReader(this.#naming.suffix)?.(time);
    const latest = files.filter(({ isDated, isAhead }) => isDated && !isAhead).at(-1);
    const isAfterAll = latest === undefined || wanted === undefined || wallSeconds(wanted) > latest.wall;
    const shown = isAfterAll ? time : latest.time;
    const counts = files.filter((file) => file.time === shown).map(({ count }) => count);
    let before: string | undefined;
    for (let count = Math.max(-1, ...counts) + 1; ; count += 1) {
      const name = this.#nameOf(shown, count);
      if (name === before) throw new Error(`'${name}' exists already, and namer returns no other name`);
      if (!isTaken(name) && !isTaken(`${name}.gz`)) return name;
      before = name;
    }
  }

  #nameOf(time: string, count: number): string {
    const { baseFilename } = this.#naming;
    return this.#naming.rotation_filename(`${baseFilename}.${time}${count === 0 ? '' : `.${count}`}`);
  }

  /** The time and the count in a name, if this handler gives such names. */
  #recognize(path: string): { time: string; count: number } | undefined {
    for (const form of path.endsWith('.gz') ? [path.slice(0, -3), path] : [path]) {
      for (const { time, count } of this.#readings(form))
        if (resolve(this.#nameOf(time, count)) === form) return { time, count };
    }
    return undefined;
  }

  /** The possible readings of a name: digits after the time may be a count, or belong to the time, or to the namer. */
  *#readings(path: string): Generator<{ time: string; count: number }> {
    const { baseFilename, extMatch } = this.#naming;
    const flags = extMatch.flags.replace(/[gy]/g, '');
    if (path.startsWith(`${baseFilename}.`)) {
      const whole = new RegExp(`^(?:${extMatch.source})$`, flags);
      const rest = path.slice(baseFilename.length + 1);
      const [, time = '', count] = /^(.*)\.([1-9]\d*)$/s.exec(rest) ?? [];
      if (count !== undefined && whole.test(time)) yield { time, count: Number(count) };
      if (whole.test(rest)) yield { time: rest, count: 0 };
    }
    const within = new RegExp(
      `(?<time>${unanchored(extMatch.source)})(?:\\.(?<count>[1-9]\\d*))?`,
      `${flags}g`,
    );
    for (let match = within.exec(path); match !== null; match = within.exec(path)) {
      // Matches may overlap, where the pattern is wide.
      within.lastIndex = match.index + 1;
      const { time = '', count } = match.groups ?? {};
      if (time === '') continue;
      if (count !== undefined) yield { time, count: Number(count) };
      yield { time, count: 0 };
    }
  }

  /** The files in every folder that may have rolled files: a namer can use a folder for each month. */
  *#candidates(): Generator<string> {
    const { baseFilename, suffix, utc } = this.#naming;
    const now = strftime(suffix, Date.now() / 1000, utc ? 'utc' : 'local');
    const named = resolve(this.#nameOf(now, 0));
    for (const folder of foldersLike(dirname(baseFilename), dirname(named)))
      for (const name of namesIn(folder)) yield join(folder, name);
  }

  #instantMs(time: WallTime): number {
    if (this.#naming.utc) return wallSeconds(time) * 1000;
    return new Date(time.year, time.month - 1, time.day, time.hour, time.minute, time.second).getTime();
  }

  #wall(seconds: number): number {
    return this.#naming.utc ? seconds : seconds + utcOffsetAt(seconds);
  }

  #wallNow(): number {
    return this.#wall(Date.now() / 1000);
  }
}

function byAge(one: RolledFile, other: RolledFile): number {
  if (one.isAhead !== other.isAhead) return one.isAhead ? -1 : 1;
  if (one.wall !== other.wall) return one.wall - other.wall;
  return one.time === other.time ? one.count - other.count : one.time < other.time ? -1 : 1;
}

/** The older patterns are anchored: `^\d{4}-\d{2}-\d{2}(\.\w+)?$`. They must also match within a name. */
function unanchored(source: string): string {
  return source
    .replace(/^\^/, '')
    .replace(/(?<!\\)\$$/, '')
    .replace(/\(\\\.\\w\+\)\?$/, '');
}

/**
 * The existing folders whose path differs from that of `named` only in digits, below the part it shares with `base`.
 */
function foldersLike(base: string, named: string): string[] {
  const parts = relative(base, named)
    .split(sep)
    .filter((part) => part !== '');
  const up = parts.filter((part) => part === '..').length;
  let folders = [resolve(base, ...parts.slice(0, up))];
  for (const part of parts.slice(up)) {
    if (/\d/.test(part)) {
      const shape = new RegExp(`^${part.split(/\d+/).map(escapePattern).join('\\d+')}$`);
      folders = folders.flatMap((folder) =>
        namesIn(folder)
          .filter((name) => shape.test(name))
          .map((name) => join(folder, name)),
      );
    } else folders = folders.map((folder) => join(folder, part));
  }
  return folders;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Nothing has been rolled to there yet.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
