import { LoggingError } from './errors.js';
import { state } from './state.js';

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
/** On a logger: take the parent's level. On a handler: handle everything. */
export const NOTSET = 0;

/** A level as a number (10, 20 … or any whole number) or as a registered name ('DEBUG', 'INFO' …). */
export type Level = number | string;

/**
 * The number of a level.
 *
 * @param level A whole number, given back as it is, or a registered name (case matters, as in Python).
 * @param where The place to name in the error, for example `handlers.console.level`.
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` for anything else.
 */
export function checkLevel(level: unknown, where = 'level'): number {
  if (typeof level === 'number' && Number.isInteger(level)) return level;
  if (typeof level === 'string') {
    const number = state.nameToLevel.get(level);
    if (number !== undefined) return number;
  }
  throw new LoggingError('ERR_LOGGING_UNKNOWN_LEVEL', `${where}: ${describeUnknownLevel(level)}`);
}

/**
 * The level of a `log` call; `undefined` for what is none, while `raiseExceptions` is off: such a call is passed over.
 *
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`
 */
export function levelOfCall(level: unknown): number | undefined {
  if (typeof level === 'number' && Number.isInteger(level)) return level;
  const known = typeof level === 'string' ? state.nameToLevel.get(level) : undefined;
  return known ?? (state.raiseExceptions ? checkLevel(level) : undefined);
}

/** What is wrong with a level, and what to write instead; without the place. */
export function describeUnknownLevel(level: unknown): string {
  if (typeof level !== 'string') {
    return `a level is a whole number or a name, got ${typeof level === 'number' ? level : typeof level}`;
  }
  const upper = level.toUpperCase();
  if (state.nameToLevel.has(upper)) return `unknown level '${level}'; did you mean '${upper}'?`;
  return `unknown level '${level}'; known are ${[...state.nameToLevel.keys()].join(', ')} and whole numbers`;
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
  if (typeof level === 'number') return state.levelToName.get(level) ?? `Level ${level}`;
  return state.nameToLevel.get(level) ?? `Level ${level}`;
}

/**
 * Registers a name for a level number; both directions are known from then on.
 *
 * @param level A whole number.
 * @param levelName The name, by habit in capitals.
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` if `level` is not a whole number.
 * @see https://docs.python.org/3/library/logging.html#logging.addLevelName
 */
export function addLevelName(level: number, levelName: string): void {
  if (typeof level !== 'number' || !Number.isInteger(level)) {
    throw new LoggingError(
      'ERR_LOGGING_UNKNOWN_LEVEL',
      `addLevelName: level must be a whole number, got ${String(level)}`,
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
