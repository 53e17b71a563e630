import type { FilterLike } from '../core/filter-like.js';
import type { Handler } from '../core/handler.js';
import { NOTSET, WARNING } from '../core/levels.js';
import { isLogger, type Logger } from '../core/logger.js';
import { getLogger, getManager } from '../core/manager.js';
import type { Made } from './component-maker.js';
import type { PlannedLogger } from './config-plan.js';

/**
 * Sets up the loggers of a plan, and switches off or resets the others as Python does.
 *
 * @see https://docs.python.org/3/library/logging.config.html#dictionary-schema-details
 */
export function setUpLoggers(made: Made): void {
  const { plan } = made;
  const names = new Set(plan.loggers.map((logger) => logger.name));
  for (const [name, logger] of [...getManager().loggerDict]) {
    if (!isLogger(logger) || names.has(name)) continue;
    if (isBelowAny(name, names)) resetChild(logger);
    else logger.disabled = plan.disableExistingLoggers;
  }
  for (const planned of plan.loggers) {
    const logger = getLogger(planned.name);
    setUpLogger(logger, planned, made);
    logger.disabled = false;
    if (planned.propagate !== undefined) logger.propagate = planned.propagate;
  }
  if (plan.root !== undefined) setUpLogger(getLogger(), plan.root, made);
}

/** Whether the logger is below one that the configuration names and that existed before it. */
function isBelowAny(name: string, names: ReadonlySet<string | undefined>): boolean {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const above = name.slice(0, dot);
    if (names.has(above) && getManager().loggerDict.has(above)) return true;
  }
  return false;
}

/** What Python does to existing children of a configured logger: everything comes from the parent again. */
function resetChild(logger: Logger): void {
  logger.level = NOTSET;
  logger.handlers.length = 0;
  logger.propagate = true;
}

function setUpLogger(logger: Logger, planned: PlannedLogger, made: Made): void {
  if (planned.level !== undefined) logger.setLevel(planned.level);
  logger.handlers.length = 0;
  attach(logger, planned, made);
}

function attach(logger: Logger, planned: PlannedLogger, made: Made): void {
  for (const name of planned.handlers) logger.addHandler(made.instances.handlers.get(name) as Handler);
  for (const filter of filtersOf(planned, made)) logger.addFilter(filter);
}

function filtersOf(planned: { readonly filters: PlannedLogger['filters'] }, made: Made): FilterLike[] {
  return planned.filters.map((filter) =>
    typeof filter === 'string' ? (made.instances.filters.get(filter) as FilterLike) : filter,
  );
}

/**
 * Brings loggers and the handlers that go on from one plan to the next.
 *
 * Only what the plan before has set up is taken back; what the program has done itself (handlers and filters it
 * added, loggers that no plan names) stays.
 */
export function changeLoggers(made: Made, previous: Made): void {
  const before = plannedByLogger(previous);
  const now = plannedByLogger(made);
  for (const [logger, planned] of before) {
    detach(logger, planned, previous);
    if (!now.has(logger)) restore(logger, planned, undefined);
  }
  for (const [logger, planned] of now) {
    restore(logger, before.get(logger) ?? [], planned);
    const own = logger.handlers.splice(0);
    for (const one of planned) {
      attach(logger, one, made);
      if (one.level !== undefined) logger.setLevel(one.level);
      if (one.propagate !== undefined) logger.propagate = one.propagate;
    }
    for (const handler of own) logger.addHandler(handler);
    if (!before.has(logger)) logger.disabled = false;
  }
  for (const [handler, plans] of made.kept) adjustHandler(handler, plans, made, previous);
}

/** The root may be planned twice: as `root`, and as the logger without a name. */
function plannedByLogger(made: Made): Map<Logger, PlannedLogger[]> {
  const { loggers, root } = made.plan;
  const result = new Map<Logger, PlannedLogger[]>();
  for (const planned of root === undefined ? loggers : [...loggers, root]) {
    const logger = getLogger(planned.name);
    result.set(logger, [...(result.get(logger) ?? []), planned]);
  }
  return result;
}

function detach(logger: Logger, planned: readonly PlannedLogger[], previous: Made): void {
  for (const one of planned) {
    for (const name of one.handlers) logger.removeHandler(previous.instances.handlers.get(name) as Handler);
    for (const filter of filtersOf(one, previous)) logger.removeFilter(filter);
  }
}

/** Takes back the level and `propagate` that the plan before has set and the new one does not. */
function restore(
  logger: Logger,
  before: readonly PlannedLogger[],
  now: readonly PlannedLogger[] | undefined,
): void {
  const isGone = (key: 'level' | 'propagate') =>
    before.some((one) => one[key] !== undefined) && !now?.some((one) => one[key] !== undefined);
  if (isGone('level')) logger.setLevel(logger.parent === null ? WARNING : NOTSET);
  if (isGone('propagate')) logger.propagate = true;
}

type KeptPlans = Made['kept'] extends Map<Handler, infer Plans> ? Plans : never;

function adjustHandler(handler: Handler, { now, before }: KeptPlans, made: Made, previous: Made): void {
  if (now.level !== undefined) handler.setLevel(now.level);
  if (now.formatter !== undefined)
    handler.setFormatter(made.instances.formatters.get(now.formatter) as never);
  const old = filtersOf(before, previous);
  for (const filter of old) handler.removeFilter(filter);
  for (const filter of filtersOf(now, made)) handler.addFilter(filter);
}
