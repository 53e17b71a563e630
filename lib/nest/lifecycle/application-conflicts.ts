import { findShared, hasSameDestination } from '../../config/apply/component-reuse.js';
import { loggerPath } from '../../config/plan/plan-logger.js';
import type { ConfigPlan, PlannedLogger } from '../../config/plan/planned-config.js';
import { getLevelName } from '../../core/levels.js';

/** A configuration, active or about to be. */
export interface Candidate {
  readonly plan: ConfigPlan;
  /** Whether nothing was configured: its root then gives way to any other. */
  readonly isDefault: boolean;
}

/**
 * Finds conflicts between the configurations of two applications in one process.
 *
 * Different things are merged silently: handlers of other names, loggers of other names, and
 * handlers of both on one logger that is not the root.
 *
 * @param ready The configuration that is about to be activated.
 * @param active Those of the other applications, the earliest first: their settings apply until they end.
 * @returns A sentence for each conflict.
 */
export function findConflicts(ready: Candidate, active: readonly Candidate[]): string[] {
  if (active.length === 0) return [];
  const conflicts = active.flatMap((other) => [
    ...handlerConflicts(ready, other.plan),
    ...loggerConflicts(ready, other),
  ]);
  if (ready.plan.disableExistingLoggers) {
    conflicts.push(
      'disable_existing_loggers: loggers of another application stay enabled; set it to false, or start this application first',
    );
  }
  return [...new Set(conflicts)].map((text) => `two applications in one process: ${text}`);
}

function handlerConflicts(ready: Candidate, other: ConfigPlan): string[] {
  const shared = findShared(ready.plan, other);
  return ready.plan.handlers.flatMap((handler) => {
    const { name, path } = handler;
    if (shared.has(handler) || !other.handlers.some((one) => one.name === name)) return [];
    if (hasSameDestination(ready.plan, other, name)) {
      return [
        `${path}: the other has it with another level, formatter or filters, and its one is used on loggers that both configure; make the entries equal, or rename one`,
      ];
    }
    return [
      `${path}: the other has a handler of this name with other settings; both are used, and getHandlerByName("${name}") gives the other's; rename one`,
    ];
  });
}

function loggerConflicts(ready: Candidate, other: Candidate): string[] {
  const theirs = byName(other);
  return [...byName(ready)].flatMap(([place, planned]) => {
    const their = theirs.get(place);
    if (their === undefined) return [];
    return [
      ...valueConflict(place, 'level', levelText(planned.level), levelText(their.level)),
      ...valueConflict(place, 'propagate', planned.propagate, their.propagate),
      ...(place === 'root' ? rootConflict(ready.plan, planned, other.plan, their) : []),
    ];
  });
}

function byName({ plan, isDefault }: Candidate): Map<string, PlannedLogger> {
  const loggers = new Map(plan.loggers.map((planned) => [loggerPath(planned.name), planned]));
  if (plan.root !== undefined && !isDefault) loggers.set('root', plan.root);
  return loggers;
}

function levelText(level: number | undefined): string | undefined {
  return level === undefined ? undefined : String(getLevelName(level));
}

function valueConflict(place: string, key: string, ours: unknown, theirs: unknown): string[] {
  if (ours === undefined || theirs === undefined || ours === theirs) return [];
  return [`${place}.${key}: ${String(theirs)} of the other stays until it ends, not ${String(ours)}`];
}

/** Records of all loggers reach the root, so the handlers of both applications would get each of them. */
function rootConflict(
  plan: ConfigPlan,
  ours: PlannedLogger,
  other: ConfigPlan,
  theirs: PlannedLogger,
): string[] {
  const added = ours.handlers.filter(
    (name) => !theirs.handlers.includes(name) || !hasSameDestination(plan, other, name),
  );
  if (added.length === 0 || theirs.handlers.length === 0) return [];
  return [
    'root.handlers: every record goes to the handlers of both; give both the same root, or put handlers on named loggers',
  ];
}
