import { join } from 'node:path';
import type { LoggingConfig } from 'nestjs-logging';
import { AuditHandler } from './audit/audit.handler.js';
import type { Environment } from './environment.js';

/** The logging of this application, by environment. */
export function loggingConfig(environment: Environment): LoggingConfig {
  const { name, logLevel } = environment;
  const config = { development, test, production }[name](environment);
  // Only the application's loggers follow LOG_LEVEL: you set DEBUG to see your own code, not that of libraries.
  if (logLevel !== undefined)
    config.loggers = { ...config.loggers, shop: { ...config.loggers?.shop, level: logLevel } };
  return environment.redisUrl === undefined ? config : withCentral(config, environment.redisUrl, environment);
}

/** The same, and all records in a stream of the Redis that the instances share: one query finds a request's in all of them. */
function withCentral(config: LoggingConfig, url: string, { instance }: Environment): LoggingConfig {
  const json = { class: 'JsonFormatter', static_fields: { service: 'shop', instance } };
  const central = { class: 'RedisStreamHandler', url, key: 'logs', maxLength: 100_000, formatter: 'central' };
  const loggers = Object.entries(config.loggers ?? {}).map(([name, logger]) => {
    // What does not go on to the root has to be sent from where it ends.
    return [
      name,
      logger.propagate === false ? { ...logger, handlers: [...(logger.handlers ?? []), 'central'] } : logger,
    ];
  });
  return {
    ...config,
    formatters: { ...config.formatters, central: json },
    handlers: { ...config.handlers, central },
    loggers: Object.fromEntries(loggers),
    root: { ...config.root, handlers: [...(config.root?.handlers ?? []), 'central'] },
  };
}

/** Everything on the terminal, in colour if it has any, and the same in a file to search. */
function development({ logDir }: Environment): LoggingConfig {
  const line = {
    class: 'ColorFormatter',
    // Eight characters of the id distinguish requests; the file has all of it.
    format: '%(asctime)s %(levelname)-8s %(request_id)-8.8s %(name)s: %(message)s',
    datefmt: '%H:%M:%S',
  };
  return {
    version: 1,
    formatters: {
      console: line,
      framework: { ...line, showExtra: false },
      verbose: { format: '%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s' },
    },
    handlers: {
      console: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout', formatter: 'console' },
      framework: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout', formatter: 'framework' },
      file: { class: 'logging.FileHandler', filename: join(logDir, 'development.log'), formatter: 'verbose' },
      audit,
    },
    loggers: {
      ...frameworkLoggers,
      // The message of an access record is enough here: its fields are for machines.
      nest: { handlers: ['framework', 'file'], propagate: false },
      shop: { level: 'DEBUG' },
      'shop.orders': { handlers: ['audit'] },
    },
    root: { level: 'INFO', handlers: ['console', 'file'] },
  };
}

/** Quiet on the terminal; a file, new with each run, shows what led to a failure. */
function test({ logDir }: Environment): LoggingConfig {
  return {
    version: 1,
    formatters: { short: { format: '%(levelname)s %(name)s: %(message)s' } },
    handlers: {
      console: {
        class: 'logging.StreamHandler',
        stream: 'ext://sys.stdout',
        level: 'ERROR',
        formatter: 'short',
      },
      file: {
        class: 'logging.FileHandler',
        filename: join(logDir, 'test.log'),
        mode: 'w',
        formatter: 'short',
      },
      audit,
    },
    loggers: { ...frameworkLoggers, shop: { level: 'DEBUG' }, 'shop.orders': { handlers: ['audit'] } },
    root: { level: 'INFO', handlers: ['console', 'file'] },
  };
}

/** JSON for the collector of standard output, and a file of bounded size for people on the machine. */
function production({ logDir }: Environment): LoggingConfig {
  return {
    version: 1,
    formatters: { json: { class: 'JsonFormatter', static_fields: { service: 'shop' } } },
    handlers: {
      console: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout', formatter: 'json' },
      file: {
        class: 'logging.handlers.RotatingFileHandler',
        filename: join(logDir, 'app.log'),
        maxBytes: 10 * 1024 * 1024,
        backupCount: 5,
        formatter: 'json',
      },
      audit,
    },
    loggers: { ...frameworkLoggers, shop: { level: 'INFO' }, 'shop.orders': { handlers: ['audit'] } },
    root: { level: 'INFO', handlers: ['console', 'file'] },
  };
}

/** A provider like any other: Nest creates it and injects its constructor's parameters. */
const audit = { class: AuditHandler, level: 'WARNING', keep: 100 };

/** One line a module and one a route at each start is more than anyone reads. */
const frameworkLoggers: NonNullable<LoggingConfig['loggers']> = {
  'nest.InstanceLoader': { level: 'WARNING' },
  'nest.RoutesResolver': { level: 'WARNING' },
  'nest.RouterExplorer': { level: 'WARNING' },
};
