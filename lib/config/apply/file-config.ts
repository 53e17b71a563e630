import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { configError, LoggingConfigError, planConfig } from '../plan/config-plan.js';
import type { LoggingConfig } from '../plan/logging-config.js';
import { pathOf } from '../read/config-files.js';
import { joinIssues } from '../read/config-issues.js';
import { type ConfigIssue, ConfigOrigin, setOrigin } from '../read/config-origin.js';
import { parseIniConfig } from '../read/ini-config.js';
import { type ActiveConfig, dictConfig } from './dict-configurator.js';

/** Options of {@link fileConfig}. */
export interface FileConfigOptions {
  /** Values that every section has, for `%(name)s`. */
  defaults?: Readonly<Record<string, string>> | undefined;
  /** Whether loggers that exist and are not in the file are switched off; default true. */
  disableExistingLoggers?: boolean | undefined;
  /** Encoding of the file, default UTF-8. */
  encoding?: string | undefined;
}

const fileConfigSchema = lazy(() =>
  v.strictObject({
    defaults: v.optional(v.record(v.string(), v.string())),
    disableExistingLoggers: v.optional(v.boolean(), true),
    encoding: v.optional(v.string(), 'utf-8'),
  }),
);

/**
 * Configures logging from a file in Python's INI format; the configuration is active when this returns.
 *
 * What Python evaluates is read as a literal here: texts, numbers, tuples, lists, dictionaries, and the names of
 * streams, levels, ports and syslog's facilities.
 *
 * Differs from Python: a file with errors changes nothing, and all its errors are reported at once; names are looked up
 * among the registered classes, nothing is imported.
 *
 * @param file Path or URL of the file, or its text: what has a line break in it is a text.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every error and its line.
 * @throws {LoggingError} `ERR_LOGGING_FILE` if the file cannot be read; `ERR_LOGGING_OPTIONS`.
 * @see https://docs.python.org/3/library/logging.config.html#logging.config.fileConfig
 */
export function fileConfig(file: string | URL, options: FileConfigOptions = {}): ActiveConfig {
  const { defaults, disableExistingLoggers, encoding } = checkOptions(
    'fileConfig',
    fileConfigSchema(),
    options,
  );
  const isText = typeof file === 'string' && /[\r\n]/.test(file);
  const path = isText ? undefined : pathOf(file);
  const text = path === undefined ? String(file) : readText(path, encoding);
  const config = convertIniToDict(text, { defaults, file: path });
  return dictConfig({ ...config, disable_existing_loggers: disableExistingLoggers });
}

/** Options of {@link convertIniToDict}. */
export interface ConvertIniOptions {
  /** Values that every section has, for `%(name)s`. */
  defaults?: Readonly<Record<string, string>> | undefined;
  /** The name of the file, for errors; default `<text>`. */
  file?: string | undefined;
}

/**
 * Turns a configuration in Python's INI format into the dictionary that means the same; changes nothing.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every error, those that `dictConfig` would find included.
 */
export function convertIniToDict(text: string, options: ConvertIniOptions = {}): LoggingConfig {
  const { value, issues, warnings, places } = parseIniConfig(text, options);
  const config = setOrigin(
    value,
    new ConfigOrigin(new Map(), places, undefined, undefined, warnings),
  ) as unknown as LoggingConfig;
  const all = joinIssues(issues, findPlanIssues(config));
  if (all.length > 0) throw configError(all);
  return config;
}

function findPlanIssues(config: LoggingConfig): readonly ConfigIssue[] {
  try {
    planConfig(config);
    return [];
  } catch (error) {
    if (error instanceof LoggingConfigError) return error.issues;
    throw error;
  }
}

function readText(path: string, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(readFileSync(path));
  } catch (error) {
    throw new LoggingError(
      'ERR_LOGGING_FILE',
      `fileConfig: cannot read ${path}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
