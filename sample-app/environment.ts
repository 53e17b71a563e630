const names = ['development', 'test', 'production'] as const;

/** The checked environment of the process; what only logging reads of it is in the YAML files. */
export interface Environment {
  readonly name: (typeof names)[number];
  /** The part of the name of the file that is put on logging.yaml. */
  readonly logging: string;
  readonly port: number;
  /** A Redis in which several instances share levels that are set for a while; `undefined` for one alone. */
  readonly redisUrl: string | undefined;
  /** What tokens for requests are signed with, the same in all instances; `undefined` for one alone. */
  readonly logTokenSecret: string | undefined;
}

/**
 * Reads NODE_ENV, LOGGING, PORT, REDIS_URL and LOG_TOKEN_SECRET.
 *
 * @throws {Error} With every error, so that a deployment can be fixed at once.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const errors: string[] = [];
  const name = names.find((known) => known === (variables.NODE_ENV || 'development'));
  if (name === undefined)
    errors.push(`NODE_ENV is "${variables.NODE_ENV}"; give ${names.join(', ')}, or nothing`);
  const port = Number(variables.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    errors.push(`PORT is "${variables.PORT}"; give a number from 0 to 65535`);
  if (name === undefined || errors.length > 0)
    throw new Error(`The environment is not usable:\n  ${errors.join('\n  ')}`);
  return {
    name,
    logging: variables.LOGGING || name,
    port,
    redisUrl: variables.REDIS_URL || undefined,
    logTokenSecret: variables.LOG_TOKEN_SECRET || undefined,
  };
}
