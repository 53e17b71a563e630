import { NOTSET } from '../../core/levels.js';
import type { LevelOverlay } from '../../core/loggers/level-overlay.js';
import type { Logger } from '../../core/loggers/logger.js';
import type { Manager } from '../../core/loggers/manager.js';
import { type ActiveLevel, ownLevel } from './active-level.js';
import { isAudit } from './audit.js';
import type { Override } from './override.js';
import { strongestByLogger } from './strongest-override.js';

/** Lets single calls below the effective level pass; tokens of requests do. */
export interface Admissions {
  /** The lowest level of a logger in any token; infinite for none. */
  admissionLevel(logger: Logger): number;
  /** Whether the running work carries a token for it. */
  admits(logger: Logger, levelno: number): boolean;
}

/**
 * The active overrides, as loggers use them.
 *
 * An override replaces a logger's own level, so it also applies to the loggers below, down to those that
 * have a level of their own. It may name a logger that does not exist yet.
 */
export class OverrideOverlay implements LevelOverlay {
  #groups: Manager['groups'] | undefined;
  #byLogger: ReadonlyMap<string, Override> = new Map();

  constructor(
    private readonly manager: Manager,
    private readonly overrides: readonly Override[],
    private readonly admissions: readonly Admissions[],
  ) {}

  /** A configuration that is reloaded may have other groups. */
  get byLogger(): ReadonlyMap<string, Override> {
    const { groups } = this.manager;
    if (groups !== this.#groups) {
      this.#groups = groups;
      this.#byLogger = strongestByLogger(this.overrides, groups);
    }
    return this.#byLogger;
  }

  effectiveLevel(logger: Logger): number {
    return this.activeLevel(logger).level;
  }

  admissionLevel(logger: Logger): number {
    if (isAudit(logger.name)) return Number.POSITIVE_INFINITY;
    return Math.min(...this.admissions.map((each) => each.admissionLevel(logger)));
  }

  admits(logger: Logger, levelno: number): boolean {
    return this.admissions.some((each) => each.admits(logger, levelno));
  }

  /** The level of a logger, and why. */
  activeLevel(logger: Logger): ActiveLevel {
    if (isAudit(logger.name)) return ownLevel(logger);
    const { byLogger } = this;
    for (let each: Logger | null = logger; each !== null; each = each.parent) {
      const override = byLogger.get(each.name);
      if (override === undefined) {
        if (each.level !== NOTSET) return { level: each.level, levelOf: each.name, override: undefined };
      } else if (override.level !== NOTSET || each.parent === null) {
        return { level: override.level, levelOf: each.name, override };
      }
      const between = this.#between(each);
      if (between !== undefined) return between;
    }
    return { level: NOTSET, levelOf: 'root', override: undefined };
  }

  /** Between a logger and its parent there may be names of loggers that do not exist yet. */
  #between({ name, parent }: Logger): ActiveLevel | undefined {
    if (parent === null) return undefined;
    const end = parent.parent === null ? 0 : parent.name.length;
    for (let dot = name.lastIndexOf('.'); dot > end; dot = name.lastIndexOf('.', dot - 1)) {
      const levelOf = name.slice(0, dot);
      const override = this.byLogger.get(levelOf);
      if (override !== undefined && override.level !== NOTSET)
        return { level: override.level, levelOf, override };
    }
    return undefined;
  }
}
