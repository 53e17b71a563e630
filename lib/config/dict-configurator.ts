import { collectActivations, type PendingActivations } from '../core/activation.js';
import { LoggingError } from '../core/errors.js';
import type { FilterLike } from '../core/filter-like.js';
import { getHandlerByName, type Handler, isHandler, openHandlers } from '../core/handler.js';
import { isLogger, type Logger } from '../core/logger.js';
import { getManager } from '../core/manager.js';
import type { Fault } from '../core/options.js';
import { closeHandlers } from '../core/shutdown.js';
import { state } from '../core/state.js';
import { type CreateComponent, makeComponent } from './component-factory.js';
import {
  type ConfigPlan,
  configError,
  type PlannedComponent,
  type PlannedLogger,
  planConfig,
} from './config-plan.js';
import type { ComponentReference } from './converters.js';
import type { LoggingConfig } from './logging-config.js';

/** A configuration that is in force. */
export interface StandingConfig {
  /** What was made, by the names of the configuration. */
  readonly formatters: ReadonlyMap<string, object>;
  readonly filters: ReadonlyMap<string, object>;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Resolves when the handlers of the configuration before are flushed and closed. */
  readonly settled: Promise<void>;
  /** Flushes and closes the handlers of this configuration, the last made first. */
  close(): Promise<void>;
}

/** What a caller may add to the application of a plan. */
export interface ApplyOptions {
  /** Makes components in place of `new type(options)`. */
  create?: CreateComponent | undefined;
  /** Which handlers end with the new configuration; default all that are open, as in Python. */
  replaces?: readonly Handler[] | undefined;
}

/**
 * Configures logging from a dictionary; the configuration stands when this returns.
 *
 * @param config The configuration; nothing in it is changed.
 * @returns What was made.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every fault; the running configuration is then untouched.
 * @see https://docs.python.org/3/library/logging.config.html#logging.config.dictConfig
 */
export function dictConfig(config: LoggingConfig): StandingConfig {
  return applyPlan(planConfig(config));
}

/**
 * Puts a plan in force: makes everything new, then changes the loggers in one go, then closes what was there before.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` if a component cannot be made; nothing has changed then.
 */
export function applyPlan(plan: ConfigPlan, options: ApplyOptions = {}): StandingConfig {
  if (plan.incremental) return applyIncremental(plan);
  const old = options.replaces ?? openHandlers();
  const { result: made, activations } = makeAll(plan, options.create);
  swap(plan, made, activations);
  const settled = closeHandlers(old.filter((handler) => !made.created.includes(handler)));
  return {
    formatters: made.instances.formatters,
    filters: made.instances.filters,
    handlers: made.instances.handlers as ReadonlyMap<string, Handler>,
    settled,
    close: () => closeHandlers(made.created),
  };
}

interface Made {
  readonly instances: Record<'formatters' | 'filters' | 'handlers', Map<string, object>>;
  /** The handlers in the order they were made. */
  readonly created: Handler[];
}

/** Makes all components, or none: if one cannot be made, the others are closed again and every failure is told. */
function makeAll(
  plan: ConfigPlan,
  create: CreateComponent | undefined,
): { result: Made; activations: PendingActivations } {
  const created: Handler[] = [];
  try {
    return collectActivations(() => {
      const made: Made = {
        instances: { formatters: new Map(), filters: new Map(), handlers: new Map() },
        created,
      };
      const faults: Fault[] = [];
      const causes: unknown[] = [];
      const maker = new Maker(plan, made, create, (component, error) => {
        causes.push(error);
        faults.push({ path: component.path, message: describeFailure(error, component) });
      });
      maker.makeAll();
      if (faults.length > 0)
        throw configError(faults, causes.length === 1 ? causes[0] : new AggregateError(causes));
      return made;
    });
  } catch (error) {
    void closeHandlers(created);
    throw error;
  }
}

/** An options fault names the class; here the place in the configuration is better. */
function describeFailure(error: unknown, component: PlannedComponent): string {
  if (!(error instanceof Error)) return `could not be made: ${String(error)}`;
  const own = error instanceof LoggingError;
  const name = component.type.name || 'factory';
  return own ? error.message : `${name} could not be made: ${error.message}`;
}

/** Makes components in order, and what they refer to before them. */
class Maker {
  readonly #underway = new Set<PlannedComponent>();

  constructor(
    private readonly plan: ConfigPlan,
    private readonly made: Made,
    private readonly create: CreateComponent | undefined,
    private readonly failed: (component: PlannedComponent, error: unknown) => void,
  ) {}

  makeAll(): void {
    for (const section of ['formatters', 'filters', 'handlers'] as const) {
      for (const component of this.plan[section]) this.#make(section, component);
    }
  }

  #make(section: 'formatters' | 'filters' | 'handlers', component: PlannedComponent): object | undefined {
    const known = this.made.instances[section].get(component.name);
    if (known !== undefined || this.#failures.has(component)) return known;
    if (this.#underway.has(component)) throw new TypeError(`${component.path} refers to itself`);
    this.#underway.add(component);
    try {
      const instance = makeComponent(component, (reference) => this.#find(reference), this.create);
      this.made.instances[section].set(component.name, instance);
      if (isHandler(instance)) this.made.created.push(instance);
      return instance;
    } catch (error) {
      this.#failures.add(component);
      if (!(error instanceof MissingPart)) this.failed(component, error);
      return undefined;
    } finally {
      this.#underway.delete(component);
    }
  }

  readonly #failures = new Set<PlannedComponent>();

  #find(reference: ComponentReference): object {
    const component = this.plan[reference.section].find((candidate) => candidate.name === reference.name);
    const instance = component === undefined ? undefined : this.#make(reference.section, component);
    if (instance === undefined) throw new MissingPart();
    return instance;
  }
}

/** What a component refers to could not be made; that failure is told already. */
class MissingPart extends Error {}

/** Changes names, loggers and files in one go; nothing here can fail half-way. */
function swap(plan: ConfigPlan, made: Made, activations: PendingActivations): void {
  state.handlersByName.clear();
  for (const [name, handler] of made.instances.handlers) (handler as Handler).name = name;
  activations.commit();
  setUpLoggers(plan, made);
}

function setUpLoggers(plan: ConfigPlan, made: Made): void {
  const manager = getManager();
  const names = new Set(plan.loggers.map((logger) => logger.name));
  for (const [name, logger] of [...manager.loggerDict]) {
    if (!isLogger(logger) || names.has(name)) continue;
    if (isBelowAny(name, names)) resetChild(logger);
    else logger.disabled = plan.disableExistingLoggers;
  }
  for (const planned of plan.loggers) {
    const logger = manager.getLogger(planned.name as string);
    setUpLogger(logger, planned, made);
    logger.disabled = false;
    if (planned.propagate !== undefined) logger.propagate = planned.propagate;
  }
  if (plan.root !== undefined) setUpLogger(manager.root, plan.root, made);
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
  logger.level = 0;
  logger.handlers.length = 0;
  logger.propagate = true;
}

function setUpLogger(logger: Logger, planned: PlannedLogger, made: Made): void {
  if (planned.level !== undefined) logger.setLevel(planned.level);
  logger.handlers.length = 0;
  for (const name of planned.handlers) logger.addHandler(made.instances.handlers.get(name) as Handler);
  for (const filter of planned.filters) {
    logger.addFilter(
      (typeof filter === 'string' ? made.instances.filters.get(filter) : filter) as FilterLike,
    );
  }
}

/** Levels and `propagate` only; what exists stays. */
function applyIncremental(plan: ConfigPlan): StandingConfig {
  for (const [name, level] of plan.handlerLevels) getHandlerByName(name)?.setLevel(level);
  const manager = getManager();
  for (const planned of [...plan.loggers, ...(plan.root === undefined ? [] : [plan.root])]) {
    const logger = planned.name === undefined ? manager.root : manager.getLogger(planned.name);
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
