import { type Handler, isHandler, openHandlers } from '../../core/handler.js';
import { NOTSET } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getManager } from '../../core/loggers/manager.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { getLoggingErrors } from '../../core/reports/error-reports.js';
import { getLoggingStats } from '../../core/reports/logging-stats.js';
import { ownLevel } from '../overrides/active-level.js';
import { holdsIn } from '../overrides/live-instance.js';
import { levelName } from '../overrides/make-override.js';
import type { Override } from '../overrides/override.js';
import type { OverrideRegistry } from '../overrides/override-registry.js';
import type { ReplicasStatus } from '../overrides/replicas-status.js';
import { RefusedRequest } from './exchange.js';
import type { Acknowledgements, ShownLogger, ShownOverride } from './shown.js';

/** The valid overrides. @param status Of the replicas; `undefined` where nothing is shared. */
export function showOverrides(registry: OverrideRegistry, status?: ReplicasStatus): ShownOverride[] {
  return registry.list().map((override) => showOverride(override, registry, status));
}

/** An override as it is shown. */
export function showOverride(
  override: Override,
  registry: OverrideRegistry,
  status?: ReplicasStatus,
): ShownOverride {
  const { level: levelno, ...rest } = override;
  return {
    ...rest,
    level: levelName(levelno),
    levelno,
    budgetLeft: registry.budgetLeft(override.id),
    acknowledgements:
      status === undefined ? null : acknowledgementsOf(override, status, registry.instance.name),
  };
}

/** Who has applied an override, by the last report of each instance. */
function acknowledgementsOf(override: Override, status: ReplicasStatus, own: string): Acknowledgements {
  const version = Object.hasOwn(status.overrides, override.id)
    ? (status.overrides[override.id] as number)
    : Number.POSITIVE_INFINITY;
  const found = { applied: [] as string[], pending: [] as string[], down: [] as string[] };
  for (const instance of status.instances) {
    if (!holdsIn(override, instance)) continue;
    // It is in the list of overrides: this instance need not report it.
    if (instance.name === own || instance.applied >= version) found.applied.push(instance.name);
    else found[instance.isUp ? 'pending' : 'down'].push(instance.name);
  }
  return found;
}

/** The tree of loggers, the root first, then by name. */
export function showLoggers(registry: OverrideRegistry): ShownLogger[] {
  const manager = getManager();
  const named = manager.loggers().sort((one, other) => (one.name < other.name ? -1 : 1));
  return [manager.root, ...named].map((logger) => showLogger(logger, registry));
}

function showLogger(logger: Logger, registry: OverrideRegistry): ShownLogger {
  const { level, levelOf, override } = registry.overlay?.activeLevel(logger) ?? ownLevel(logger);
  const { name, parent, disabled, propagate, handlers, filters } = logger;
  return {
    name,
    parent: parent?.name ?? null,
    level: logger.level === NOTSET && parent !== null ? null : levelName(logger.level),
    effectiveLevel: levelName(level),
    levelOf,
    override: override?.id ?? null,
    disabled,
    propagate,
    handlers: handlers.map(nameOf),
    filters: filters.map((filter) => filter.constructor.name || 'function'),
  };
}

/** Every open handler with its counters and its last error. */
export function showHandlers(): object[] {
  const errors = getLoggingErrors();
  const handlers = openHandlers();
  const { handlers: stats } = getLoggingStats();
  return stats
    .filter(({ isOpen }) => isOpen)
    .map((counts) => {
      const handler = handlers.find(
        (each) => each.name === counts.name && each.constructor.name === counts.type,
      );
      const source = handler === undefined ? undefined : String(handler);
      return {
        ...counts,
        level: handler === undefined ? null : levelName(handler.level),
        filters: handler?.filters.map((filter) => filter.constructor.name || 'function') ?? [],
        formatter: handler?.formatter?.constructor?.name ?? null,
        lastError: errors.filter((error) => error.source === source).at(-1) ?? null,
      };
    });
}

/** Flushes a handler. @throws {RefusedRequest} 404 if there is none of that name; 500 if it fails, which is reported. */
export async function flushHandler(name: string): Promise<void> {
  const handler = openHandlers().find((each) => isHandler(each) && nameOf(each) === name);
  if (handler === undefined)
    throw new RefusedRequest(404, 'no open handler has this name; api/handlers lists them');
  try {
    await handler.flush();
  } catch (error) {
    reportLoggingError(handler, undefined, error);
    throw new RefusedRequest(500, 'it could not be flushed; see its last error');
  }
}

function nameOf(handler: Handler): string {
  return handler.name ?? handler.constructor.name;
}
