import { LoggingError } from './errors.js';
import { state } from './state.js';
import { suggestion } from './suggestion.js';

/** The application cannot go on. @see https://docs.python.org/3/library/logging.html#logging-levels */
export const CRITICAL = 50;
/** Python's other name for {@link CRITICAL}. */
export const FATAL = CRITICAL;
/** Something failed. */
export const ERROR = 40;
/** Something unexpected, or a problem to come; the root logger's level until configured. */
export const WARNING = 30;
/** Python's short name for {@link WARNING}. */
export const WARN = WARNING;
/** Things work as they should. */
export const INFO = 20;
/** Detail for diagnosis. */
export const DEBUG = 10;
/** Nest's `verbose`, below DEBUG. Python has no such level; `LoggingModule` registers the name, so that configurations can use it. */
export const VERBOSE = 5;
/** On a logger: take the parent's level. On a handler: handle everything. */
export const NOTSET = 0;

/** A level as a number (10, 20 … or any integer) or as a registered name in any case ('DEBUG', 'info' …). */
export type Level = number | string;

/**
 * The number of a level, as configurations, options, variables and calls may write it; `undefined` if it is invalid.
 *
 * @param level An integer, or a registered name in any case. An exact registered name takes precedence,
 *   then the one in capitals. With strict calls, only the exact name.
 */
export function findLevel(level: unknown): number | undefined {
  if (typeof level === 'number') return Number.isInteger(level) ? level : undefined;
  if (typeof level !== 'string') return undefined;
  const { nameToLevel } = state;
  const exact = nameToLevel.get(level);
  // Python knows a name only as it was registered.
  if (exact !== undefined || state.strictCalls) return exact;
  const upper = level.toUpperCase();
  const known = nameToLevel.get(upper);
  if (known !== undefined) return known;
  for (const [name, number] of nameToLevel) if (name.toUpperCase() === upper) return number;
  return undefined;
}

/**
 * The number of a level.
 *
 * Differs from Python: the case of a name does not matter.
 *
 * @param level An integer, returned unchanged, or a registered name in any case.
 * @param where The place to name in the error, for example `handlers.console.level`.
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` for anything else.
 */
export function checkLevel(level: unknown, where = 'level'): number {
  const known = findLevel(level);
  if (known !== undefined) return known;
  throw new LoggingError('ERR_LOGGING_UNKNOWN_LEVEL', `${where}: ${describeUnknownLevel(level)}`);
}

/** What is wrong with a level, and what to write instead; without the place. */
export function describeUnknownLevel(level: unknown): string {
  if (typeof level !== 'string') {
    return `a level is an integer or a name, got ${typeof level === 'number' ? level : typeof level}`;
  }
  const names = [...state.nameToLevel.keys()];
  const meant = suggestion(level.toUpperCase(), names);
  if (meant.startsWith('; did')) return `unknown level '${level}'${meant}`;
  return `unknown level '${level}'; known are ${names.join(', ')} and integers`;
}

/**
 * The name of a level number, or `'Level N'` where none is registered; for a name, its number.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.getLevelName
 */
export function getLevelName(level: number): string;
/** The number of a level name (Python keeps this direction for old programs), or `'Level NAME'` where none is registered. */
export function getLevelName(level: Level): string | number;
export function getLevelName(level: Level): string | number {
  if (typeof level === 'number') return nameOfLevel(level);
  return state.nameToLevel.get(level) ?? `Level ${level}`;
}

/** {@link getLevelName} for a number. */
export function nameOfLevel(levelno: number): string {
  return state.levelToName.get(levelno) ?? `Level ${levelno}`;
}

/**
 * Registers a name for a level number; both directions are known from then on.
 *
 * @param level An integer.
 * @param levelName The name, usually in capitals.
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` if `level` is not an integer, `ERR_LOGGING_ARGUMENT` if `levelName` is
 * not a string.
 * @see https://docs.python.org/3/library/logging.html#logging.addLevelName
 */
export function addLevelName(level: number, levelName: string): void {
  if (typeof level !== 'number' || !Number.isInteger(level)) {
    throw new LoggingError(
      'ERR_LOGGING_UNKNOWN_LEVEL',
      `addLevelName: level must be an integer, got ${String(level)}`,
    );
  }
  if (typeof levelName !== 'string') {
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `addLevelName: levelName must be a string, got ${levelName === null ? 'null' : typeof levelName}`,
    );
  }
  state.levelToName.set(level, levelName);
  state.nameToLevel.set(levelName, level);
}

/**
 * A copy of the table from level names to numbers.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.getLevelNamesMapping
 */
export function getLevelNamesMapping(): Record<string, number> {
  return Object.fromEntries(state.nameToLevel);
}
