import type { FormatterLike, Handler } from '../../core/handler.js';
import { NOTSET } from '../../core/levels.js';
import { isLogger, type Logger } from '../../core/loggers/logger.js';
import { getLogger, getManager } from '../../core/loggers/manager.js';
import { loggerPath } from '../plan/plan-logger.js';
import type { ConfigPlan, PlannedLogger } from '../plan/planned-config.js';
import { filtersOf } from './arrange-loggers.js';
import type { Made } from './component-maker.js';
import { at } from './placing-error.js';

/**
 * Sets up the loggers of a plan, and switches off or resets the others as Python does.
 *
 * @param known The names of the plan that were known before; the loggers of the plan are there by now.
 * @see https://docs.python.org/3/library/logging.config.html#dictionary-schema-details
 */
export function setUpLoggers(made: Made, known: ReadonlySet<string>): void {
  const { plan } = made;
  const names = new Set(plan.loggers.map((logger) => logger.name));
  for (const [name, logger] of [...getManager().loggerDict]) {
    if (!isLogger(logger) || names.has(name)) continue;
    at(`loggers.${name}`, () => {
      if (isBelowAny(name, known)) resetChild(logger);
      else logger.disabled = plan.disableExistingLoggers;
    });
  }
  for (const planned of plan.loggers) {
    at(loggerPath(planned.name), () => {
      const logger = getLogger(planned.name);
      setUpLogger(logger, planned, made);
      logger.disabled = false;
      if (planned.propagate !== undefined) logger.propagate = planned.propagate;
    });
  }
  const { root } = plan;
  if (root !== undefined) at('root', () => setUpLogger(getLogger(), root, made));
}

/** The names of a plan's loggers that are in the tree already. */
export function knownNames({ loggers }: ConfigPlan): ReadonlySet<string> {
  const { loggerDict } = getManager();
  return new Set(loggers.flatMap(({ name }) => (name !== undefined && loggerDict.has(name) ? [name] : [])));
}

/** Whether the logger is below one that the configuration names and that existed before it. */
function isBelowAny(name: string, known: ReadonlySet<string>): boolean {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    if (known.has(name.slice(0, dot))) return true;
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
  for (const handler of [...logger.handlers]) logger.removeHandler(handler);
  logger.handlers.length = 0;
  attach(logger, planned, made);
}

function attach(logger: Logger, planned: PlannedLogger, made: Made): void {
  for (const name of planned.handlers) logger.addHandler(made.instances.handlers.get(name) as Handler);
  for (const filter of filtersOf(planned, made)) logger.addFilter(filter);
}

type KeptPlans = Made['kept'] extends Map<Handler, infer Plans> ? Plans : never;

/** Updates a kept handler from its new entry. */
export function adjustHandler(
  handler: Handler,
  { now, before }: KeptPlans,
  made: Made,
  previous: Made,
): void {
  if (now.level !== undefined) handler.setLevel(now.level);
  if (now.formatter !== undefined)
    handler.setFormatter(made.instances.formatters.get(now.formatter) as FormatterLike);
  const old = filtersOf(before, previous);
  for (const filter of old) handler.removeFilter(filter);
  for (const filter of filtersOf(now, made)) handler.addFilter(filter);
}
