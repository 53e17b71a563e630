import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { LoggingError } from '../../core/errors.js';
import { painterFor, plural, type Terminal, writeJson } from '../terminal.js';
import { fromNest } from './from-nest.js';
import { fromNestWinston } from './from-nest-winston.js';
import { fromNestjsPino } from './from-nestjs-pino.js';
import { ImportedNames } from './imported-names.js';
import type { Migration } from './migration.js';
import type { Project, Source } from './module-registration.js';
import { type LeftAlone, SourceUnit } from './source-unit.js';
import { leaveTestsOf } from './tests-of-loggers.js';
import { loadTypeScript } from './typescript-peer.js';

/** Options of `migrate`. */
export interface MigrateSettings {
  /** Where the sources come from: `nest`, `nestjs-pino` or `nest-winston`. */
  readonly from: string;
  /** Whether the sources are written; otherwise the changes are shown. */
  readonly write?: boolean;
  readonly json?: boolean;
}

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  nest: fromNest,
  'nestjs-pino': fromNestjsPino,
  'nest-winston': fromNestWinston,
};

/** What `--from` takes. */
export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS);

interface Change {
  readonly file: string;
  readonly text: string;
  readonly diff: string;
}

/**
 * Brings sources of another logger over to this package: shows what it would change, or writes it, and says what it
 * left to be done by hand.
 *
 * @returns The exit status: 1 if anything was left.
 */
export async function migrate(
  paths: readonly string[],
  settings: MigrateSettings,
  terminal: Terminal,
): Promise<number> {
  const typescript = loadTypeScript(process.cwd());
  const files = [...new Set((await Promise.all(paths.map(sourcesIn))).flat())].sort();
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const units = files.map((file, index) => new SourceUnit(typescript, file, texts[index] as string));
  bringSourcesOver(MIGRATIONS[settings.from] as Migration, units);
  const changes = units.flatMap(changeOf);
  const left = units.flatMap((unit) => unit.left.toSorted((a, b) => a.line - b.line || a.column - b.column));
  if (settings.write) await Promise.all(changes.map(({ file, text }) => writeFile(file, text)));
  if (settings.json) {
    writeJson(terminal, {
      written: settings.write === true,
      changes: changes.map(({ file, diff }) => ({ file, diff })),
      left,
    });
  } else print(changes, left, settings.write === true, terminal);
  return left.length === 0 ? 0 : 1;
}

function bringSourcesOver(migration: Migration, units: readonly SourceUnit[]): void {
  const sources = units.flatMap((unit): Source[] => {
    const names = new ImportedNames(unit, migration.packages);
    const shadowed = unit.isSound ? names.shadowed() : undefined;
    if (unit.isSound && shadowed === undefined) return [{ unit, names }];
    if (shadowed !== undefined)
      unit.leave(shadowed.node, `the file stays: something else in it is called "${shadowed.name}" too`);
    else if (migration.packages.some((name) => unit.text.includes(name)))
      unit.leave(unit.source, 'the file stays: it cannot be parsed');
    return [];
  });
  const project: Project = {
    sources,
    find: (from, specifier) => findSource(sources, from.file, specifier),
  };
  const count = sources.reduce((sum, source) => sum + migration.loggers(source), 0);
  migration.modules(project, count);
  leaveTestsOf(sources);
  for (const { names } of sources) names.finish();
}

/** The source that a relative import names. */
function findSource(sources: readonly Source[], from: string, specifier: string): Source | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = resolve(dirname(from), specifier).replace(/\.[cm]?[jt]sx?$/, '');
  return sources.find(({ unit }) => {
    const path = resolve(unit.file).replace(/\.[cm]?[jt]sx?$/, '');
    return path === target || path === join(target, 'index');
  });
}

function changeOf(unit: SourceUnit): Change[] {
  const text = unit.result();
  return text === unit.text ? [] : [{ file: unit.file, text, diff: unit.diff() }];
}

/** The sources in a folder, or the one that was named. */
async function sourcesIn(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined)
    throw new LoggingError('ERR_LOGGING_ARGUMENT', `${path}: there is no such file or folder`);
  if (!stats.isDirectory()) return [shown(path)];
  const found: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) {
      if (!/^(\.|node_modules$|dist$|coverage$)/.test(entry.name)) found.push(...(await sourcesIn(inside)));
    } else if (entry.isFile() && /(?<!\.d)\.[cm]?[jt]sx?$/.test(entry.name)) found.push(shown(inside));
  }
  return found;
}

/** As the user would name it, with slashes. */
function shown(path: string): string {
  return relative('', path).replaceAll('\\', '/');
}

function print(
  changes: readonly Change[],
  left: readonly LeftAlone[],
  written: boolean,
  terminal: Terminal,
): void {
  const paint = painterFor('stdout', terminal);
  if (!written) for (const { diff } of changes) terminal.stdout.write(colouredDiff(diff, paint));
  else for (const { file } of changes) terminal.stdout.write(`${paint(file, 'bold')}: written\n`);
  const mark = painterFor('stderr', terminal);
  for (const { file, line, column, message } of left)
    terminal.stderr.write(`${mark(`${file}:${line}:${column}`, 'bold')}: ${message}\n`);
  const summary = [
    `${plural(changes.length, 'file')} ${written ? 'written' : 'to change'}`,
    `${plural(left.length, 'place')} left`,
  ].join(', ');
  terminal.stderr.write(`${summary}${written || changes.length === 0 ? '' : '; --write writes'}\n`);
}

function colouredDiff(diff: string, paint: ReturnType<typeof painterFor>): string {
  return diff.replaceAll(/^[+-].*$/gm, (line) => paint(line, line.startsWith('+') ? 'green' : 'red'));
}
