import { suggestion } from '../core/options.js';
import type { PlannedLogger } from './config-plan.js';
import { isPlainObject } from './converters.js';
import { describe, type PlanReader } from './plan-reader.js';

const KEYS = ['level', 'handlers', 'filters', 'propagate'];

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
    reader.fault(path, `expected an object with level, handlers, filters, propagate; got ${describe(entry)}`);
    return { name, level: undefined, propagate: undefined, handlers: [], filters: [] };
  }
  for (const key of Object.keys(entry)) {
    if (!KEYS.includes(key)) reader.fault(`${path}.${key}`, `unknown key${suggestion(key, KEYS)}`);
  }
  return {
    name,
    level: reader.level(entry, path),
    propagate: readPropagate(entry, path, reader),
    handlers: isIncremental ? [] : reader.handlers(entry, path),
    filters: isIncremental ? [] : reader.filters(entry, path),
  };
}

/** A boolean, or Python's other way of writing one: 0 or 1, as INI files have it. */
function readPropagate(entry: object, path: string, reader: PlanReader): boolean | undefined {
  const value = reader.value(entry, 'propagate', path);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  return reader.fault(`${path}.propagate`, `expected true or false, got ${describe(value)}`);
}
