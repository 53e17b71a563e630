import { Logger, type LoggerService, type LogLevel } from '@nestjs/common';
import { globalSlot } from '../internal/global-slot.js';
import { NestLogger } from './nest-logger.adapter.js';

interface Installation {
  readonly logger: NestLogger;
  readonly previous: LoggerService;
}

/** Nest's class keeps these to itself; both lines that are supported have them. */
interface NestLoggerStatics {
  readonly staticInstanceRef?: LoggerService;
  readonly logLevels?: LogLevel[];
}

const slot = globalSlot('nest.logger.1', (): { installed: Installation | undefined } => ({
  installed: undefined,
}));

/**
 * Puts our logger in the place of the one Nest starts with (in tests: of Nest's testing logger).
 *
 * A logger that the application chose, or `logger: false`, is left alone; levels it set are kept.
 */
export function installNestLogger(): void {
  const { staticInstanceRef: previous, logLevels } = Logger as unknown as NestLoggerStatics;
  if (previous === undefined || !isDefaultLogger(previous)) return;
  const logger = new NestLogger();
  if (logLevels !== undefined) logger.setLogLevels(logLevels);
  slot.installed = { logger, previous };
  Logger.overrideLogger(logger);
}

/** Gives Nest its own logger back, unless somebody has put another in its place since. */
export function uninstallNestLogger(): void {
  const { installed } = slot;
  slot.installed = undefined;
  if (installed === undefined) return;
  const { staticInstanceRef } = Logger as unknown as NestLoggerStatics;
  if (staticInstanceRef instanceof NestLogger) Logger.overrideLogger(installed.previous);
}

/** Nest's default logger makes a logger of its own for every context; any other is used as it is. */
function isDefaultLogger(logger: LoggerService): boolean {
  return new Logger('LoggingModule').localInstance !== logger || logger.constructor.name === 'TestingLogger';
}
