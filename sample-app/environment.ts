import { resolve } from 'node:path';
import { getLevelNamesMapping } from 'nestjs-logging';

const names = ['development', 'test', 'production'] as const;

/** What the process was told from outside, checked. */
export interface Environment {
  readonly name: (typeof names)[number];
  /** Level of the application's own loggers; `undefined` leaves it to the configuration. */
  readonly logLevel: string | undefined;
  /** Folder of the log files. */
  readonly logDir: string;
  readonly port: number;
}

/**
 * Reads NODE_ENV, LOG_LEVEL, LOG_DIR and PORT.
 *
 * @throws {Error} With every fault, so that a deployment is put right in one go.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const faults: string[] = [];
  const name = names.find((known) => known === (variables.NODE_ENV || 'development'));
  if (name === undefined)
    faults.push(`NODE_ENV is "${variables.NODE_ENV}"; give ${names.join(', ')}, or nothing`);

  // Asked, not listed: levels the application adds with addLevelName() are as good as Python's.
  const levels = Object.keys(getLevelNamesMapping());
  const logLevel = variables.LOG_LEVEL?.toUpperCase() || undefined;
  if (logLevel !== undefined && !levels.includes(logLevel)) {
    faults.push(`LOG_LEVEL is "${variables.LOG_LEVEL}"; give one of ${levels.join(', ')}`);
  }

  const port = Number(variables.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push(`PORT is "${variables.PORT}"; give a number from 0 to 65535`);
  }
  if (name === undefined || faults.length > 0)
    throw new Error(`The environment is not usable:\n  ${faults.join('\n  ')}`);

  // Compiled, this file is sample-app/dist/environment.js: the files land beside the sources, wherever it is run from.
  const logDir = resolve(variables.LOG_DIR || resolve(import.meta.dirname, '../logs'));
  return { name, logLevel, logDir, port };
}
