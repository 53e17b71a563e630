import type { Logger } from '../core/logger.js';

/** A level that a test gave a logger for a while. */
export interface ForcedLevel {
  /** The logger's name. */
  readonly name: string;
  /** Gives the logger its former level, unless somebody has set another since. */
  restore(): void;
}

/** Sets a logger's level for a while. */
export function forceLevel(logger: Logger, level: number): ForcedLevel {
  const before = logger.level;
  logger.setLevel(level);
  return {
    name: logger.name,
    restore: () => {
      if (logger.level === level) logger.setLevel(before);
    },
  };
}
