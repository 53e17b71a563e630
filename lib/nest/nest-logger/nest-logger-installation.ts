import { Logger, type LoggerService } from '@nestjs/common';
import { isLogger } from '../../core/loggers/logger.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { currentNestLogger, isTestingLogger, nestLogLevels } from '../internals/nest-loggers.js';
import { takeBufferedCalls } from './nest-log-buffer.js';
import { NestLogger } from './nest-logger.adapter.js';

interface Installation {
  readonly logger: NestLogger;
  readonly previous: LoggerService;
}

const slot = globalSlot('nest.logger.1', (): { installed: Installation | undefined } => ({
  installed: undefined,
}));

/**
 * Replaces the logger that Nest starts with by ours; in tests, Nest's testing logger.
 *
 * A logger that the application chose, or `logger: false`, is left alone; levels it set are kept. A logger of the tree
 * that was chosen (`{ logger: getLogger('shop') }`) takes Nest's messages below its name. What Nest has buffered
 * (`bufferLogs`) comes first.
 */
export function installNestLogger(): void {
  const previous = currentNestLogger();
  const levels = nestLogLevels();
  if (previous instanceof NestLogger) takeBufferedCalls();
  if (previous === undefined || !(isLogger(previous) || isDefaultLogger(previous))) return;
  const logger = isLogger(previous) ? NestLogger.below(previous) : new NestLogger();
  if (levels !== undefined) logger.setLogLevels(levels);
  slot.installed = { logger, previous };
  Logger.overrideLogger(logger);
  takeBufferedCalls();
}

/** Restores Nest's own logger, unless it has been replaced since. */
export function uninstallNestLogger(): void {
  const { installed } = slot;
  slot.installed = undefined;
  if (installed === undefined) return;
  if (currentNestLogger() instanceof NestLogger) Logger.overrideLogger(installed.previous);
}

/** Nest's default logger makes a logger of its own for every context; any other is used as it is. */
function isDefaultLogger(logger: LoggerService): boolean {
  return new Logger('LoggingModule').localInstance !== logger || isTestingLogger(logger);
}
