import type { FilterLike } from '../../core/filter-like.js';
import type { Handler } from '../../core/handler.js';
import { NOTSET, WARNING } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getManager, type Manager } from '../../core/loggers/manager.js';
import { loggerPath } from '../plan/plan-logger.js';
import type { PlannedLogger } from '../plan/planned-config.js';
import type { Made } from './component-maker.js';
import { hasSameDestination } from './component-reuse.js';
import { at } from './placing-error.js';

/** The settings of a logger in one configuration. */
interface Entry {
  readonly made: Made;
  readonly planned: PlannedLogger;
}

/** Runs a step in which user code may throw. */
export type RunStep = (path: string, step: () => void) => void;

/**
 * Brings loggers, and the handlers that go on, from one list of active configurations to the next.
 *
 * There may be several, one for each application of a process. Their settings of one logger are merged: handlers and
 * filters add up, and for level and `propagate` the earlier configuration counts. Only what earlier configurations have
 * set up is undone. What the program has done itself stays: handlers and filters it added, levels it set, loggers that
 * no plan names.
 *
 * @param run Default: what is thrown is thrown on, with its place.
 * @param manager The tree; default that of the process.
 */
export function arrangeLoggers(
  now: readonly Made[],
  before: readonly Made[],
  run: RunStep = at,
  manager: Manager = getManager(),
): void {
  const entriesBefore = entriesByLogger(before, manager);
  const entriesNow = entriesByLogger(now, manager);
  const changed = [...new Set([...entriesBefore.keys(), ...entriesNow.keys()])].filter(
    (logger) => !isEqual(entriesBefore.get(logger), entriesNow.get(logger)),
  );
  for (const logger of changed) run(placeOf(logger), () => detach(logger, entriesBefore.get(logger) ?? []));
  for (const logger of changed) {
    const [old, next] = [entriesBefore.get(logger), entriesNow.get(logger) ?? []];
    run(placeOf(logger), () => {
      const own = logger.handlers.splice(0);
      attach(logger, next);
      for (const handler of own) logger.addHandler(handler);
      setLevel(logger, next, old ?? [], before);
      setPropagate(logger, next, old ?? [], before);
      if (old === undefined) logger.disabled = false;
    });
  }
}

function entriesByLogger(all: readonly Made[], manager: Manager): Map<Logger, Entry[]> {
  const result = new Map<Logger, Entry[]>();
  const hasRoot = all.some(({ givesWay, plan }) => !givesWay && plan.root !== undefined);
  for (const made of all) {
    const { loggers, root } = made.plan;
    const isRootCounted = root !== undefined && !(made.givesWay && hasRoot);
    // The root may be planned twice: as `root`, and as the logger without a name.
    for (const planned of isRootCounted ? [...loggers, root] : loggers) {
      const logger = loggerOf(planned, manager);
      const entries = result.get(logger);
      if (entries === undefined) result.set(logger, [{ made, planned }]);
      else entries.push({ made, planned });
    }
  }
  return result;
}

function loggerOf({ name }: PlannedLogger, manager: Manager): Logger {
  const isRoot = name === undefined || name === '' || name === manager.root.name;
  return isRoot ? manager.root : manager.getLogger(name);
}

function isEqual(before: readonly Entry[] | undefined, now: readonly Entry[] | undefined): boolean {
  if (before?.length !== now?.length) return false;
  return before?.every(({ planned }, index) => planned === now?.[index]?.planned) ?? true;
}

function placeOf(logger: Logger): string {
  return loggerPath(logger.parent === null ? undefined : logger.name);
}

function detach(logger: Logger, entries: readonly Entry[]): void {
  for (const { made, planned } of entries) {
    for (const name of planned.handlers) logger.removeHandler(made.instances.handlers.get(name) as Handler);
    for (const filter of filtersOf(planned, made)) logger.removeFilter(filter);
  }
}

function attach(logger: Logger, entries: readonly Entry[]): void {
  entries.forEach(({ made, planned }, index) => {
    for (const name of planned.handlers) {
      // Handlers of two applications with the same name and destination would write each line twice.
      const isThere = entries
        .slice(0, index)
        .some(
          (other) =>
            other.planned.handlers.includes(name) && hasSameDestination(made.plan, other.made.plan, name),
        );
      if (!isThere) logger.addHandler(made.instances.handlers.get(name) as Handler);
    }
    for (const filter of filtersOf(planned, made)) logger.addFilter(filter);
  });
}

/** The filters of a planned logger or handler. */
export function filtersOf(planned: { readonly filters: PlannedLogger['filters'] }, made: Made): FilterLike[] {
  return planned.filters.map((filter) =>
    typeof filter === 'string' ? (made.instances.filters.get(filter) as FilterLike) : filter,
  );
}

function setLevel(
  logger: Logger,
  now: readonly Entry[],
  before: readonly Entry[],
  all: readonly Made[],
): void {
  const level = valueFor('level', logger.level, now, before, all);
  if (level === 'default') logger.setLevel(logger.parent === null ? WARNING : NOTSET);
  else if (level !== undefined) logger.setLevel(level);
}

function setPropagate(
  logger: Logger,
  now: readonly Entry[],
  before: readonly Entry[],
  all: readonly Made[],
): void {
  const propagate = valueFor('propagate', logger.propagate, now, before, all);
  if (propagate !== undefined) logger.propagate = propagate === 'default' ? true : propagate;
}

/**
 * The value to be set; `undefined` to leave what is there.
 *
 * The settings of a new configuration are applied. What passes from one application to another, or is taken back, gives
 * way to what the program has set since.
 */
function valueFor<Key extends 'level' | 'propagate'>(
  key: Key,
  current: PlannedLogger[Key],
  now: readonly Entry[],
  before: readonly Entry[],
  all: readonly Made[],
): PlannedLogger[Key] | 'default' {
  const next = winner(key, now);
  const last = winner(key, before);
  if (next !== undefined && !all.includes(next.made)) return next.planned[key];
  if (next?.planned === last?.planned) return undefined;
  if (last !== undefined && current !== last.planned[key]) return undefined;
  return next === undefined ? 'default' : next.planned[key];
}

/** The setting of the first configuration that has it; if that has it twice, its last. */
function winner(key: 'level' | 'propagate', entries: readonly Entry[]): Entry | undefined {
  const saying = entries.filter(({ planned }) => planned[key] !== undefined);
  return saying.findLast(({ made }) => made === saying[0]?.made);
}
