import { NOTSET } from '../levels.js';
import type { LogRecord } from '../records/log-record.js';

/** The parts of a logger that its level depends on. */
export interface LevelledLogger {
  readonly name: string;
  readonly level: number;
  readonly parent: LevelledLogger | null;
  readonly manager: { readonly overlay: LevelOverlay | undefined } | undefined;
}

/**
 * Levels that override those of loggers, as `nestjs-logging/live` sets them for a while. Loggers cache what follows from
 * it: call `manager.refresh()` after a change. Nothing in it may throw.
 */
export interface LevelOverlay {
  /** The effective level for all calls of a logger, which overrides the loggers' own levels. */
  effectiveLevel(logger: LevelledLogger): number;
  /** The level from which some calls pass although they are below the effective level; infinite for none. */
  admissionLevel(logger: LevelledLogger): number;
  /** Whether a call between the two levels passes in its context. */
  admits(logger: LevelledLogger, levelno: number): boolean;
}

/** Sees records after the filters of the logger that was called, before its handlers. Must not throw. */
export type RecordWatcher = (record: LogRecord, logger: LevelledLogger) => void;

/**
 * The effective level of a logger: its own, or that of the nearest logger above that has one, unless an overlay
 * overrides it.
 */
export function effectiveLevelOf(logger: LevelledLogger): number {
  const overlay = logger.manager?.overlay;
  return overlay === undefined ? ownEffectiveLevelOf(logger) : overlay.effectiveLevel(logger);
}

/** The level that a logger has itself, or takes from above, ignoring any overlay. */
export function ownEffectiveLevelOf(logger: LevelledLogger): number {
  for (let each: LevelledLogger | null = logger; each !== null; each = each.parent) {
    if (each.level !== NOTSET) return each.level;
  }
  return NOTSET;
}

/** The level from which a logger lets calls through in some contexts, never below that of `disable()`. */
export function admissionLevelOf(logger: LevelledLogger, disabledUpTo: number): number {
  const overlay = logger.manager?.overlay;
  return overlay === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(overlay.admissionLevel(logger), disabledUpTo + 1);
}

/** Whether a call below the effective level passes in its context. */
export function isAdmitted(logger: LevelledLogger, levelno: number): boolean {
  return logger.manager?.overlay?.admits(logger, levelno) ?? false;
}
