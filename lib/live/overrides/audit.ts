import { INFO } from '../../core/levels.js';
import { isAtOrBelow } from '../../core/loggers/logger-names.js';
import { getLogger } from '../../core/loggers/manager.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { state } from '../../core/state.js';
import { ownLevel } from './active-level.js';
import { levelName } from './make-override.js';
import type { Override } from './override.js';

/** The logger of every change that is made while the application runs; no override changes its own level. */
const AUDIT_LOGGER = 'nestjs_logging.live';

/** Whether a logger belongs to the audit. */
export function isAudit(name: string): boolean {
  return isAtOrBelow(name, AUDIT_LOGGER);
}

/** Why an override ended: it expired, its budget was used up, somebody ended it, or it made room for another. */
export type EndCause = 'expired' | 'budget' | 'ended' | 'replaced';

/** A change of the active overrides. */
export interface OverrideChange {
  /** `set` when it begins, `end` when it is over. */
  readonly kind: 'set' | 'end';
  readonly override: Override;
  /** For `end`: why. */
  readonly cause?: EndCause | undefined;
  /** For `end`: who ended it; `null` if unknown, or nobody did. */
  readonly by?: string | null | undefined;
  /** Whether another instance made the change. */
  readonly isRemote: boolean;
}

/** Called with each change. What it throws is reported and does not affect the change. */
export type OverrideListener = (change: OverrideChange) => void;

/** Makes the record of a change. */
export function logChange(change: OverrideChange): void {
  const { override, kind } = change;
  const { target, level, expiresAt, reason } = override;
  const until = new Date(expiresAt).toISOString();
  const by = kind === 'set' ? override.by : change.by;
  const extra = {
    event: kind === 'set' ? 'override set' : 'override ended',
    override_id: override.id,
    target,
    override_level: levelName(level),
    scope: scopeText(override),
    until,
    by: by ?? undefined,
    reason: reason ?? undefined,
    cause: change.cause,
    budget: override.budget ?? undefined,
    is_remote: change.isRemote || undefined,
  };
  if (kind === 'set') {
    const args = [target, levelName(level), until, by ?? 'somebody', reason ?? 'no reason given'];
    logAudit('level of %s is %s until %s, set by %s: %s', args, extra);
  } else logAudit('level of %s is no longer %s: %s', [target, levelName(level), endText(change)], extra);
}

/**
 * Logs a record of the audit, even where the root logger is at WARNING. Only a level of the audit logger itself, or of the
 * one above, silences it.
 */
export function logAudit(msg: string, args: unknown[], extra: Record<string, unknown>): void {
  const logger = getLogger(AUDIT_LOGGER);
  const { level, levelOf } = ownLevel(logger);
  const isSilenced = level > INFO && AUDIT_LOGGER.startsWith(levelOf);
  if (isSilenced || (logger.manager?.disable ?? 0) >= INFO) return;
  try {
    const context = state.contextProvider?.();
    const about = { name: AUDIT_LOGGER, levelno: INFO, msg, args, extra, context, boundary: logAudit };
    logger.handle(logger.makeRecord(about));
  } catch (error) {
    reportLoggingError(logger, undefined, error);
  }
}

function endText({ cause, by }: OverrideChange): string {
  if (cause === 'expired') return 'expired';
  if (cause === 'budget') return 'its records are used up';
  return `${cause ?? 'ended'} by ${by ?? 'somebody'}`;
}

function scopeText({ scope }: Override): string {
  if (scope.kind === 'all') return 'all';
  return scope.kind === 'instance' ? `instance ${scope.name}` : `label ${scope.name}=${scope.value}`;
}

/** Notifies listeners of a change, whatever they throw. */
export function notifyListeners(listeners: Iterable<OverrideListener>, change: OverrideChange): void {
  for (const listener of [...listeners]) {
    try {
      listener(change);
    } catch (error) {
      reportLoggingError({ toString: () => '<listener of overrides>' }, undefined, error);
    }
  }
}
