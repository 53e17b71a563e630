import { lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Namer } from './rotation-options.js';

/** A file that was rolled away, known by its name. */
export interface RolledFile {
  readonly path: string;
  /** The time in its name, as written there. */
  readonly time: string;
  /** Which of those with that time it is, from 0. */
  readonly count: number;
  readonly isCompressed: boolean;
}

/**
 * The default names of timed backups: `app.log.2024-05-01`, and `app.log.2024-05-01.1` and so on where the file was
 * rolled more than once in that time. Compressed ones end in `.gz`.
 */
export function timedName(baseFilename: string, time: string, count: number): string {
  return count === 0 ? `${baseFilename}.${time}` : `${baseFilename}.${time}.${count}`;
}

/**
 * The backups of a log file, oldest first: regular files in its directory whose very name this handler would give.
 *
 * @param extMatch Finds the time in a name.
 * @param namer What turns a default name into that of the file, if there is one.
 */
export function findRolledFiles(baseFilename: string, extMatch: RegExp, namer: Namer | null): RolledFile[] {
  const directory = dirname(baseFilename);
  const timeAndCount = new RegExp(`(?<time>${extMatch.source})(?:\\.(?<count>[1-9]\\d*))?`, 'g');
  const nameFor = (time: string, count: number) => {
    const name = timedName(baseFilename, time, count);
    return basename(namer === null ? name : namer(name));
  };
  return readdirSync(directory)
    .map((name) => recognise(name, timeAndCount, nameFor))
    .filter((file) => file !== undefined)
    .map((file) => ({ ...file, path: join(directory, file.path) }))
    .filter(({ path }) => lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
    .sort(byAge);
}

function recognise(
  name: string,
  timeAndCount: RegExp,
  nameFor: (time: string, count: number) => string,
): RolledFile | undefined {
  for (const { groups } of name.matchAll(timeAndCount)) {
    const time = groups?.['time'] ?? '';
    // Digits after the time may be a count or the namer's.
    for (const count of new Set([Number(groups?.['count'] ?? 0), 0])) {
      const expected = nameFor(time, count);
      if (name === expected) return { path: name, time, count, isCompressed: false };
      if (name === `${expected}.gz`) return { path: name, time, count, isCompressed: true };
    }
  }
  return undefined;
}

function byAge(one: RolledFile, other: RolledFile): number {
  if (one.time !== other.time) return one.time < other.time ? -1 : 1;
  return one.count - other.count;
}
