/** Levels of pino, by our names. */
export const PINO_LEVELS: Readonly<Record<string, string>> = {
  ...{ fatal: 'CRITICAL', error: 'ERROR', warn: 'WARNING' },
  ...{ info: 'INFO', debug: 'DEBUG', trace: 'VERBOSE' },
};
