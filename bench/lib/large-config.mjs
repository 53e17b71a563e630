import path from 'node:path';

/**
 * A configuration as large as they come: 200 loggers, 30 handlers, each with a format and a filter of its own.
 *
 * @param directory Where its files are.
 */
export function largeConfig(directory) {
  const numbers = Array.from({ length: 30 }, (_, at) => at);
  const section = (make) => Object.fromEntries(numbers.map(make));
  return {
    version: 1,
    formatters: section((at) => [
      `format${at}`,
      at % 2 === 0
        ? { '()': 'JsonFormatter', redact: ['password', `user.secret${at}`] }
        : { format: `%(asctime)s ${at} %(levelname)-8s %(name)s: %(message)s`, datefmt: '%H:%M:%S' },
    ]),
    filters: section((at) => [`filter${at}`, { name: `area${at}` }]),
    handlers: section((at) => [
      `handler${at}`,
      {
        class: at % 3 === 0 ? 'logging.handlers.RotatingFileHandler' : 'logging.FileHandler',
        filename: path.join(directory, `${at}.log`),
        ...(at % 3 === 0 ? { maxBytes: 10_000_000, backupCount: 5 } : {}),
        level: 'INFO',
        formatter: `format${at}`,
        filters: [`filter${at}`],
      },
    ]),
    loggers: Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [
        `area${at % 30}.part${at}`,
        { level: at % 2 === 0 ? 'DEBUG' : 'WARNING', handlers: [`handler${at % 30}`] },
      ]),
    ),
    root: { level: 'INFO', handlers: ['handler0'] },
  };
}
