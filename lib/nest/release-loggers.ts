import type { ConfigPlan, PlannedLogger } from '../config/config-plan.js';
import type { StandingConfig } from '../config/dict-configurator.js';
import type { FilterLike } from '../core/filter-like.js';
import type { Logger } from '../core/logger.js';
import type { Manager } from '../core/manager.js';

/**
 * Takes closed handlers off the loggers, so that what is logged from now on falls to the last resort, and takes back
 * what the configuration set, so that it does not rule the next application. What was changed since stays.
 */
export function releaseLoggers(manager: Manager, plan: ConfigPlan, standing: StandingConfig): void {
  const handlers = new Set<unknown>(standing.handlers.values());
  for (const logger of [manager.root, ...manager.loggers()]) {
    for (const handler of [...logger.handlers]) if (handlers.has(handler)) logger.removeHandler(handler);
  }
  if (plan.root !== undefined) takeBack(manager.root, 'WARNING', plan.root, standing);
  for (const planned of plan.loggers) {
    if (planned.name === undefined) takeBack(manager.root, 'WARNING', planned, standing);
    else takeBack(manager.getLogger(planned.name), 'NOTSET', planned, standing);
  }
}

function takeBack(logger: Logger, level: string, planned: PlannedLogger, standing: StandingConfig): void {
  if (logger.level === planned.level) logger.setLevel(level);
  if (logger.propagate === planned.propagate) logger.propagate = true;
  for (const filter of planned.filters) {
    const instance = typeof filter === 'string' ? standing.filters.get(filter) : filter;
    if (instance !== undefined) logger.removeFilter(instance as FilterLike);
  }
}
