import { NOTSET } from '../../core/levels.js';
import { ownEffectiveLevelOf } from '../../core/loggers/level-overlay.js';
import type { Logger } from '../../core/loggers/logger.js';
import type { Override } from './override.js';

/** Why a logger has the level that it has. */
export interface ActiveLevel {
  readonly level: number;
  /** The logger whose level it is, or the place of one in the tree; `root` for the root logger. */
  readonly levelOf: string;
  /** The override that sets it; `undefined` where it is the configuration or the program. */
  readonly override: Override | undefined;
}

/** The level of a logger without overrides, and which logger it is of. */
export function ownLevel(logger: Logger): ActiveLevel {
  let owner = logger;
  while (owner.level === NOTSET && owner.parent !== null) owner = owner.parent;
  return { level: ownEffectiveLevelOf(logger), levelOf: owner.name, override: undefined };
}
