import { getHandlerByName, type Handler, openHandlers } from '../../core/handler.js';
import { getLogger, getManager, type Manager } from '../../core/loggers/manager.js';
import { reportNotice } from '../../core/reports/diagnostics.js';
import { closeHandlers, startFlushing } from '../../core/shutdown.js';
import { state } from '../../core/state.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { configError, describeIssue, planConfig } from '../plan/config-plan.js';
import type { LoggingConfig } from '../plan/logging-config.js';
import { loggerPath } from '../plan/plan-logger.js';
import { type ConfigPlan, loggersOf, type PlannedComponent } from '../plan/planned-config.js';
import { originOf } from '../read/config-origin.js';
import { arrangeLoggers } from './arrange-loggers.js';
import type { CreateComponent } from './component-factory.js';
import { discard, type Made, makeAll } from './component-maker.js';
import { type Follower, followConfig, stopFollowing } from './config-follower.js';
import { adjustHandler, knownNames, setUpLoggers } from './logger-setup.js';
import { LoggingSnapshot } from './logging-snapshot.js';
import { at, PlacingError } from './placing-error.js';

/** An active configuration. */
export interface ActiveConfig {
  /** What was made, by the names of the configuration. */
  readonly formatters: ReadonlyMap<string, object>;
  readonly filters: ReadonlyMap<string, object>;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Resolves when the handlers of the configuration before are flushed and closed. */
  readonly settled: Promise<void>;
  /** Follows the files the configuration came from, if that was requested. */
  readonly following?: Follower | undefined;
  /** Flushes and closes the handlers of this configuration, the last made first, and follows its files no longer. */
  close(): Promise<void>;
}

/** What a caller may add to the application of a plan. */
export interface ApplyOptions {
  /** Makes components in place of `new type(options)`. */
  create?: CreateComponent | undefined;
  /** Which handlers end with the new configuration; default all that are open, as in Python. */
  replaces?: readonly Handler[] | undefined;
  /**
   * The active configuration, to be changed into the new one: what is the same in both is kept, files stay open,
   * and loggers that neither names are left alone. Without it everything is created again.
   */
  previous?: ActiveConfig | undefined;
  /**
   * The active configurations of the process, the earliest first, `previous` among them. The others stay active: the
   * new one is merged with them, and shares the components that are the same in everything.
   */
  active?: readonly ActiveConfig[] | undefined;
  /** Whether a component must be made for this configuration alone. */
  isOwn?(component: PlannedComponent): boolean;
  /** Whether its root counts only where no other configuration has one. */
  givesWay?: boolean | undefined;
}

/**
 * The internal parts of an {@link ActiveConfig}, for all copies of the package: a copy that did not find those of another
 * one's would take its own configuration for the first, and take away all handlers.
 */
const { byConfig: parts } = globalSlot('config.parts.1', () => ({
  byConfig: new WeakMap<ActiveConfig, () => Made | undefined>(),
}));

/**
 * Configures logging from a dictionary; the configuration is active when this returns.
 *
 * A configuration from `loadLoggingConfig` with `watch` follows its files from now on, until another one takes over.
 *
 * @param config The configuration; nothing in it is changed.
 * @returns What was made.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every error; the active configuration is then untouched.
 * @see https://docs.python.org/3/library/logging.config.html#logging.config.dictConfig
 */
export function dictConfig(config: LoggingConfig): ActiveConfig {
  const active = applyPlan(planConfig(config));
  if (originOf(config)?.follow === undefined) return active;
  let current = active;
  const following = followConfig(config, (changed) => {
    const plan = planConfig(changed as LoggingConfig);
    // An incremental configuration leaves everything in place.
    if (plan.incremental) applyPlan(plan);
    else current = applyPlan(plan, { previous: current });
  });
  const followed: ActiveConfig = {
    get formatters() {
      return current.formatters;
    },
    get filters() {
      return current.filters;
    },
    get handlers() {
      return current.handlers;
    },
    get settled() {
      return current.settled;
    },
    following,
    close() {
      following?.stop();
      return current.close();
    },
  };
  parts.set(followed, () => parts.get(current)?.());
  return followed;
}

/**
 * Applies a plan: creates everything new, then changes the loggers in one step, then closes the old components.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` if a component cannot be made; nothing has changed then.
 */
export function applyPlan(plan: ConfigPlan, options: ApplyOptions = {}): ActiveConfig {
  for (const warning of plan.origin?.warnings ?? []) reportNotice(describeIssue(warning));
  if (plan.incremental) return applyIncremental(plan);
  const previous = options.previous === undefined ? undefined : parts.get(options.previous)?.();
  const before = options.active?.flatMap(partsOf) ?? (previous === undefined ? [] : [previous]);
  const isFirst = before.length === 0;
  const snapshot = new LoggingSnapshot();
  const { result: made, activations } = makeAll(plan, {
    create: options.create,
    snapshot,
    previous,
    others: before.filter((other) => other !== previous),
    isOwn: (component) => options.isOwn?.(component) ?? false,
    givesWay: options.givesWay ?? false,
  });
  const now =
    previous === undefined ? [...before, made] : before.map((one) => (one === previous ? made : one));
  const old = previous?.handlers ?? (isFirst ? (options.replaces ?? openHandlers()) : []);
  const kept = new Set(now.flatMap(({ handlers }) => handlers));
  const ending = old.filter((handler) => !kept.has(handler));
  // A new handler may empty the file of an old one: what that one has buffered must be written first.
  startFlushing(ending);
  const known = knownNames(plan);
  changeOrUndo(
    plan,
    snapshot,
    () => {
      registerNames(now, before);
      getManager().groups = mergedGroups(now);
      if (isFirst) setUpLoggers(made, known);
      else arrangeLoggers(now, before);
      for (const [handler, plans] of made.kept)
        at(plans.now.path, () => adjustHandler(handler, plans, made, previous as Made));
      activations.commit();
    },
    () => {
      activations.rollback();
      discard(made, snapshot);
    },
  );
  if (isFirst) stopFollowing();
  const settled = closeHandlers(ending);
  const active: ActiveConfig = {
    formatters: made.instances.formatters,
    filters: made.instances.filters,
    handlers: made.instances.handlers as ReadonlyMap<string, Handler>,
    settled,
    close: () => closeHandlers(made.handlers),
  };
  parts.set(active, () => made);
  return active;
}

/**
 * Makes a change of the tree whole, or not at all.
 *
 * @param undo Undoes what `change` cannot: it is over when loggers and handlers are as before.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with the place of what failed.
 */
function changeOrUndo(
  plan: ConfigPlan,
  snapshot: LoggingSnapshot,
  change: () => void,
  undo: () => void,
): void {
  const manager = getManager();
  let removeLoggers: (() => void) | undefined;
  try {
    manager.changeMany(() => {
      at('loggers', () => {
        removeLoggers = manager.createAll(plan.loggers.map(({ name }) => name ?? ''));
      });
      change();
    });
  } catch (error) {
    manager.changeMany(() => {
      snapshot.restore();
      removeLoggers?.();
    });
    undo();
    throw placingError(plan, error);
  }
}

/** Of several configurations with a group of one name the earliest counts. */
function mergedGroups(all: readonly Made[]): Manager['groups'] {
  return new Map([...all].reverse().flatMap(({ plan }) => [...plan.groups]));
}

function placingError(plan: ConfigPlan, error: unknown): Error {
  const cause = error instanceof PlacingError ? error.cause : error;
  const path = error instanceof PlacingError ? error.path : '';
  const reason = cause instanceof Error ? cause.message : String(cause);
  const issue = { path, message: `could not be applied: ${reason}; nothing was changed` };
  return configError([plan.origin?.locate(issue) ?? issue], cause);
}

/** Of several configurations that have a handler of one name, the earliest has the name. */
function registerNames(now: readonly Made[], before: readonly Made[]): void {
  const { handlersByName } = state;
  if (before.length === 0) handlersByName.clear();
  for (const { instances } of before) {
    for (const [name, handler] of instances.handlers)
      if (handlersByName.get(name) === handler) handlersByName.delete(name);
  }
  for (const { instances } of [...now].reverse()) {
    for (const [name, instance] of instances.handlers) {
      const handler = instance as Handler;
      if (handler.name !== name) handler.name = name;
      handlersByName.set(name, handler);
    }
  }
}

/**
 * Takes an active configuration out of the tree; the others stay as they are, and have what they share with it.
 *
 * @param others The configurations that stay active.
 * @returns The handlers that none of them has, on no logger any more: to be closed.
 */
export function releaseConfig(
  manager: Manager,
  config: ActiveConfig,
  others: readonly ActiveConfig[],
): Handler[] {
  const made = parts.get(config)?.();
  if (made === undefined) return [];
  const now = others.flatMap(partsOf);
  const kept = new Set(now.flatMap(({ handlers }) => handlers));
  const ending = made.handlers.filter((handler) => !kept.has(handler));
  manager.changeMany(() => {
    manager.groups = mergedGroups(now);
    arrangeLoggers(now, [made, ...now], attempt, manager);
    // The program may have put them on other loggers.
    const gone = new Set(ending);
    for (const logger of [manager.root, ...manager.loggers()]) {
      for (const handler of [...logger.handlers])
        if (gone.has(handler)) attempt('', () => logger.removeHandler(handler));
    }
  });
  attempt('', () => registerNames(now, [made, ...now]));
  return ending;
}

function partsOf(config: ActiveConfig): Made[] {
  const made = parts.get(config)?.();
  return made === undefined ? [] : [made];
}

/** What is removed must go, even if user code throws. */
function attempt(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    reportNotice(`${path}: ${String(error)}`);
  }
}

/** Levels and `propagate` only; what exists stays. */
function applyIncremental(plan: ConfigPlan): ActiveConfig {
  const change = () => {
    for (const [name, level] of plan.handlerLevels)
      at(`handlers.${name}`, () => getHandlerByName(name)?.setLevel(level));
    for (const planned of loggersOf(plan)) {
      at(loggerPath(planned.name), () => {
        const logger = getLogger(planned.name);
        if (planned.level !== undefined) logger.setLevel(planned.level);
        if (planned.name !== undefined && planned.propagate !== undefined)
          logger.propagate = planned.propagate;
      });
    }
  };
  changeOrUndo(plan, new LoggingSnapshot(), change, () => undefined);
  const nothing = Promise.resolve();
  const instances = { formatters: new Map(), filters: new Map(), handlers: new Map() };
  const active = { ...instances, settled: nothing, close: () => nothing };
  parts.set(active, () => ({ plan, instances, handlers: [], kept: new Map(), givesWay: false }));
  return active;
}
