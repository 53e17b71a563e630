import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { getLevelNamesMapping } from 'nestjs-logging';

const names = ['development', 'test', 'production'] as const;

/** The checked environment of the process. */
export interface Environment {
  readonly name: (typeof names)[number];
  /** Level of the application's own loggers; `undefined` leaves it to the configuration. */
  readonly logLevel: string | undefined;
  /** Folder of the log files. */
  readonly logDir: string;
  readonly port: number;
  /** A Redis that several instances share: levels that are set for a while, and their records; `undefined` for one alone. */
  readonly redisUrl: string | undefined;
  /** The name of this instance in its records. */
  readonly instance: string;
  /** What tokens for requests are signed with, the same in all instances; `undefined` for one alone. */
  readonly logTokenSecret: string | undefined;
}

/**
 * Reads NODE_ENV, LOG_LEVEL, LOG_DIR, PORT, REDIS_URL, INSTANCE and LOG_TOKEN_SECRET.
 *
 * @throws {Error} With every error, so that a deployment can be fixed at once.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const errors: string[] = [];
  const name = names.find((known) => known === (variables.NODE_ENV || 'development'));
  if (name === undefined)
    errors.push(`NODE_ENV is "${variables.NODE_ENV}"; give ${names.join(', ')}, or nothing`);

  // Asked, not listed: levels the application adds with addLevelName() are as good as Python's.
  const levels = Object.keys(getLevelNamesMapping());
  const logLevel = variables.LOG_LEVEL?.toUpperCase() || undefined;
  if (logLevel !== undefined && !levels.includes(logLevel)) {
    errors.push(`LOG_LEVEL is "${variables.LOG_LEVEL}"; give one of ${levels.join(', ')}`);
  }

  const port = Number(variables.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    errors.push(`PORT is "${variables.PORT}"; give a number from 0 to 65535`);
  }
  if (name === undefined || errors.length > 0)
    throw new Error(`The environment is not usable:\n  ${errors.join('\n  ')}`);

  // Compiled, this file is sample-app/dist/environment.js: the log files are beside the sources, wherever it is run
  // from.
  const logDir = resolve(variables.LOG_DIR || resolve(import.meta.dirname, '../logs'));
  const redisUrl = variables.REDIS_URL || undefined;
  const logTokenSecret = variables.LOG_TOKEN_SECRET || undefined;
  const instance = variables.INSTANCE || `${hostname()}:${port}`;
  return { name, logLevel, logDir, port, redisUrl, instance, logTokenSecret };
}
