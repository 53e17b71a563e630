import { getHandlerByName, type Handler, openHandlers } from '../core/handler.js';
import { getLogger } from '../core/manager.js';
import { closeHandlers, startFlushing } from '../core/shutdown.js';
import { state } from '../core/state.js';
import type { CreateComponent } from './component-factory.js';
import { type Made, makeAll } from './component-maker.js';
import { type Follower, followConfig, stopFollowing } from './config-follower.js';
import { originOf } from './config-origin.js';
import { type ConfigPlan, planConfig } from './config-plan.js';
import { changeLoggers, setUpLoggers } from './logger-setup.js';
import type { LoggingConfig } from './logging-config.js';

/** A configuration that is in force. */
export interface StandingConfig {
  /** What was made, by the names of the configuration. */
  readonly formatters: ReadonlyMap<string, object>;
  readonly filters: ReadonlyMap<string, object>;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Resolves when the handlers of the configuration before are flushed and closed. */
  readonly settled: Promise<void>;
  /** Follows the files the configuration came from, where that was asked for. */
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
   * The configuration in force, to be changed into the new one: what is the same in both goes on, files stay open,
   * and loggers that neither names are left alone. Without it everything is made anew.
   */
  previous?: StandingConfig | undefined;
}

/** What stands behind a StandingConfig. */
const parts = new WeakMap<StandingConfig, () => Made | undefined>();

/**
 * Configures logging from a dictionary; the configuration stands when this returns.
 *
 * A configuration from `loadLoggingConfig` with `watch` follows its files from now on, until another one takes over.
 *
 * @param config The configuration; nothing in it is changed.
 * @returns What was made.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every fault; the running configuration is then untouched.
 * @see https://docs.python.org/3/library/logging.config.html#logging.config.dictConfig
 */
export function dictConfig(config: LoggingConfig): StandingConfig {
  const standing = applyPlan(planConfig(config));
  if (originOf(config)?.follow === undefined) return standing;
  let current = standing;
  const following = followConfig(config, (changed) => {
    const plan = planConfig(changed as LoggingConfig);
    // What is incremental leaves everything standing.
    if (plan.incremental) applyPlan(plan);
    else current = applyPlan(plan, { previous: current });
  });
  const followed: StandingConfig = {
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
 * Puts a plan in force: makes everything new, then changes the loggers in one go, then closes what was there before.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` if a component cannot be made; nothing has changed then.
 */
export function applyPlan(plan: ConfigPlan, options: ApplyOptions = {}): StandingConfig {
  if (plan.incremental) return applyIncremental(plan);
  const previous = options.previous === undefined ? undefined : parts.get(options.previous)?.();
  const old = previous?.handlers ?? options.replaces ?? openHandlers();
  const { result: made, activations } = makeAll(plan, options.create, previous);
  const ending = old.filter((handler) => !made.handlers.includes(handler));
  // A new handler may empty the file of an old one: what that one holds back belongs before it.
  startFlushing(ending);
  if (previous === undefined) stopFollowing();
  // From here to the last logger nothing can fail and nothing else can run.
  registerNames(made, previous);
  activations.commit();
  if (previous === undefined) setUpLoggers(made);
  else changeLoggers(made, previous);
  const settled = closeHandlers(ending);
  const standing: StandingConfig = {
    formatters: made.instances.formatters,
    filters: made.instances.filters,
    handlers: made.instances.handlers as ReadonlyMap<string, Handler>,
    settled,
    close: () => closeHandlers(made.handlers),
  };
  parts.set(standing, () => made);
  return standing;
}

function registerNames(made: Made, previous: Made | undefined): void {
  if (previous === undefined) state.handlersByName.clear();
  else {
    for (const [name, handler] of previous.instances.handlers) {
      if (state.handlersByName.get(name) === handler) state.handlersByName.delete(name);
    }
  }
  for (const [name, handler] of made.instances.handlers) (handler as Handler).name = name;
}

/** Levels and `propagate` only; what exists stays. */
function applyIncremental(plan: ConfigPlan): StandingConfig {
  for (const [name, level] of plan.handlerLevels) getHandlerByName(name)?.setLevel(level);
  for (const planned of [...plan.loggers, ...(plan.root === undefined ? [] : [plan.root])]) {
    const logger = getLogger(planned.name);
    if (planned.level !== undefined) logger.setLevel(planned.level);
    if (planned.name !== undefined && planned.propagate !== undefined) logger.propagate = planned.propagate;
  }
  const nothing = Promise.resolve();
  return {
    formatters: new Map(),
    filters: new Map(),
    handlers: new Map(),
    settled: nothing,
    close: () => nothing,
  };
}
