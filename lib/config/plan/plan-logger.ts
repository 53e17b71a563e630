import { suggestion } from '../../core/suggestion.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { planGroups, readGroups } from './logger-groups.js';
import { describe, type PlanReader } from './plan-reader.js';
import type { PlannedLogger } from './planned-config.js';

const KEYS = ['level', 'handlers', 'filters', 'propagate'];

/** Plans the entries of `loggers`, and the levels that groups give to theirs. */
export function planLoggers(config: object, reader: PlanReader, isIncremental = false): PlannedLogger[] {
  const groups = readGroups(config, (path, message) => reader.issue(path, message));
  const entries = reader.section(config, 'loggers');
  const own = entries.filter(([name]) => !groups.has(name));
  const levels = planGroups(
    groups,
    entries.filter(([name]) => groups.has(name)),
    reader,
  );
  const planned = own.map(([name, entry]) => {
    const logger = planLogger(name, entry, loggerPath(name), reader, isIncremental);
    // A logger's own entry takes precedence over its group.
    const level = isPlainObject(entry) && entry.level !== undefined ? logger.level : levels.get(name);
    return { ...logger, level };
  });
  const unnamed = [...levels].filter(([name]) => !own.some(([other]) => other === name));
  const members = unnamed.map(([name, level]) => ({
    name,
    level,
    propagate: undefined,
    handlers: [],
    filters: [],
  }));
  return [...planned, ...members];
}

/**
 * Plans one entry of `loggers`, or `root`.
 *
 * @param name `undefined` for the root.
 * @param isIncremental Whether handlers and filters are passed over.
 */
export function planLogger(
  name: string | undefined,
  entry: unknown,
  path: string,
  reader: PlanReader,
  isIncremental = false,
): PlannedLogger {
  if (!isPlainObject(entry)) {
    reader.issue(path, `expected an object with level, handlers, filters, propagate; got ${describe(entry)}`);
    return { name, level: undefined, propagate: undefined, handlers: [], filters: [] };
  }
  for (const key of Object.keys(entry)) {
    if (key === 'qualname' && entry.qualname === name) continue;
    if (!KEYS.includes(key)) reader.issue(`${path}.${key}`, describeUnknownKey(key, name));
  }
  return {
    name,
    level: reader.level(entry, path),
    propagate: readPropagate(entry, path, reader),
    handlers: isIncremental ? [] : reader.handlers(entry, path),
    filters: isIncremental ? [] : reader.filters(entry, path),
  };
}

/** Python ignores `qualname` here; where it is the same as the name, so do we. */
function describeUnknownKey(key: string, name: string | undefined): string {
  if (key !== 'qualname') return `unknown key${suggestion(key, KEYS)}`;
  return name === undefined
    ? 'the root logger has no other name; leave this out'
    : `a logger is named by its key, here "${name}"; leave this out, or rename the key`;
}

/** A boolean, or Python's other way of writing one: 0 or 1, as INI files have it. */
function readPropagate(entry: object, path: string, reader: PlanReader): boolean | undefined {
  const value = reader.value(entry, 'propagate', path);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  return reader.issue(`${path}.propagate`, `expected a boolean, got ${describe(value)}`);
}

/** The place of a logger in a configuration: `loggers.shop`, or `root` for the root, which has no name there. */
export function loggerPath(name: string | undefined): string {
  return name === undefined ? 'root' : `loggers.${name}`;
}
