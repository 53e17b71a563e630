import { isPlainObject } from '../config/converters.js';
import { LoggingError } from '../core/errors.js';
import { parseLevel } from './explain.command.js';
import type { JsonLine } from './json-line.js';

/** Which lines `pretty` shows. */
export interface LineFilterSettings {
  readonly level?: string;
  readonly logger?: readonly string[];
  readonly field?: readonly string[];
}

/**
 * Whether a line is to be shown.
 *
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`, `ERR_LOGGING_ARGUMENT` for what cannot be read.
 */
export function lineFilter({
  level,
  logger = [],
  field = [],
}: LineFilterSettings): (line: JsonLine) => boolean {
  const least = level === undefined ? undefined : parseLevel(level);
  const wanted = field.map(parseField);
  return (line) =>
    (least === undefined || (line.levelno !== undefined && line.levelno >= least)) &&
    (logger.length === 0 || logger.some((name) => isBelow(line.logger ?? '', name))) &&
    wanted.every(({ path, value }) => matches(line.all, path, value));
}

function isBelow(logger: string, name: string): boolean {
  const above = name.replace(/\.\*$/, '');
  return logger === above || logger.startsWith(`${above}.`);
}

function parseField(text: string): { path: string; value: string } {
  const at = text.indexOf('=');
  if (at > 0) return { path: text.slice(0, at), value: text.slice(at + 1) };
  throw new LoggingError('ERR_LOGGING_ARGUMENT', `--field: expected NAME=VALUE, got "${text}"`);
}

function matches(line: Readonly<Record<string, unknown>>, path: string, value: string): boolean {
  const found = Object.hasOwn(line, path) ? line[path] : follow(line, path.split('.'));
  if (found === undefined) return false;
  return (typeof found === 'object' && found !== null ? JSON.stringify(found) : String(found)) === value;
}

function follow(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (isPlainObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}
