import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { LoggingError } from '../core/errors.js';
import { checkOptions } from '../core/options.js';
import { lazy } from '../internal/lazy.js';
import { joinFaults } from './config-faults.js';
import { pathOf } from './config-files.js';
import { type ConfigFault, ConfigOrigin, setOrigin } from './config-origin.js';
import { configError, LoggingConfigError, planConfig } from './config-plan.js';
import { dictConfig, type StandingConfig } from './dict-configurator.js';
import { parseIniConfig } from './ini-config.js';
import type { LoggingConfig } from './logging-config.js';

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
 * Configures logging from a file in Python's INI format; the configuration stands when this returns.
 *
 * What Python evaluates is read as a literal here: texts, numbers, tuples, lists, dictionaries, and the names of
 * streams, levels, ports and syslog's facilities.
 *
 * Differs from Python: a file with faults changes nothing, and all its faults are told at once; names are looked up
 * among the registered classes, nothing is imported.
 *
 * @param file Path or URL of the file, or its text: what has a line break in it is a text.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every fault and its line.
 * @throws {LoggingError} `ERR_LOGGING_FILE` if the file cannot be read; `ERR_LOGGING_OPTIONS`.
 * @see https://docs.python.org/3/library/logging.config.html#logging.config.fileConfig
 */
export function fileConfig(file: string | URL, options: FileConfigOptions = {}): StandingConfig {
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
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every fault, those that `dictConfig` would find included.
 */
export function convertIniToDict(text: string, options: ConvertIniOptions = {}): LoggingConfig {
  const { value, faults, places } = parseIniConfig(text, options);
  const config = setOrigin(value, new ConfigOrigin(new Map(), places)) as unknown as LoggingConfig;
  const all = joinFaults(faults, findPlanFaults(config));
  if (all.length > 0) throw configError(all);
  return config;
}

function findPlanFaults(config: LoggingConfig): readonly ConfigFault[] {
  try {
    planConfig(config);
    return [];
  } catch (error) {
    if (error instanceof LoggingConfigError) return error.faults;
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
