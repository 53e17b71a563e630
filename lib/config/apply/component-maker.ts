import { collectActivations, type PendingActivations } from '../../core/activation.js';
import { LoggingError } from '../../core/errors.js';
import { type Handler, isHandler } from '../../core/handler.js';
import type { OptionIssue } from '../../core/options.js';
import { closeHandlers } from '../../core/shutdown.js';
import { state } from '../../core/state.js';
import { configError, LoggingConfigError } from '../plan/config-plan.js';
import type { ComponentReference } from '../plan/converters.js';
import type { ConfigPlan, PlannedComponent } from '../plan/planned-config.js';
import { SECTIONS, type Section } from '../plan/sections.js';
import { type CreateComponent, makeComponent } from './component-factory.js';
import { componentsByName, findReusable, findShared } from './component-reuse.js';
import type { LoggingSnapshot } from './logging-snapshot.js';

/** The components of a plan: everything that was made for it, or taken over. */
export interface Made {
  readonly plan: ConfigPlan;
  readonly instances: Readonly<Record<Section, Map<string, object>>>;
  /** The handlers in the order they were made, those taken over included. */
  readonly handlers: Handler[];
  /** The handlers taken over, with their entries in the plans. */
  readonly kept: Map<Handler, { readonly now: PlannedComponent; readonly before: PlannedComponent }>;
  /** Whether its root counts only where no other configuration has one. */
  readonly givesWay: boolean;
}

/** What components are made of, and what they may be taken from. */
export interface MakeOptions {
  readonly create?: CreateComponent | undefined;
  /** What was there before. */
  readonly snapshot: LoggingSnapshot;
  /** What is to be changed; what is the same in both plans is taken over. */
  readonly previous?: Made | undefined;
  /** Other active configurations; what is the same in everything is shared with them. */
  readonly others: readonly Made[];
  /** Whether a component must not be shared. */
  isOwn(component: PlannedComponent): boolean;
  readonly givesWay: boolean;
}

/**
 * Creates all components of a plan, or none: if one cannot be created, the others are closed again and every failure is
 * reported.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`
 */
export function makeAll(
  plan: ConfigPlan,
  options: MakeOptions,
): { result: Made; activations: PendingActivations } {
  const made: Made = {
    plan,
    instances: { formatters: new Map(), filters: new Map(), handlers: new Map() },
    handlers: [],
    kept: new Map(),
    givesWay: options.givesWay,
  };
  try {
    return collectActivations(() => {
      const issues: OptionIssue[] = [];
      const causes: unknown[] = [];
      const maker = new Maker(plan, made, options, (component, error) => {
        causes.push(error);
        issues.push({ path: component.path, message: describeFailure(error, component) });
      });
      maker.makeAll();
      if (issues.length > 0) {
        const located = issues.map((issue) => plan.origin?.locate(issue) ?? issue);
        throw configError(located, causes.length === 1 ? causes[0] : new AggregateError(causes));
      }
      return made;
    });
  } catch (error) {
    options.snapshot.restore();
    discard(made, options.snapshot);
    throw error;
  }
}

/** Closes the handlers that were made, and no others: a factory may have given one that was there already. */
export function discard(made: Made, snapshot: LoggingSnapshot): void {
  const fresh = made.handlers.filter((handler) => !snapshot.has(handler));
  for (const handler of fresh) {
    for (const filter of [...handler.filters]) {
      try {
        handler.removeFilter(filter);
      } catch {
        // What made this necessary is what is reported.
      }
    }
  }
  void closeHandlers(fresh);
}

/**
 * Makes the components of a worker thread on trial, while the configuration can still be refused; all are closed again.
 * Spools are left out: they can be opened only once.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`
 */
function tryForWorker(plan: ConfigPlan, snapshot: LoggingSnapshot): void {
  const handlers = plan.handlers.map((handler) => {
    const { spool: _, ...options } = handler.options;
    return { ...handler, options };
  });
  const { result, activations } = makeAll(
    { ...plan, handlers },
    { snapshot, others: [], isOwn: () => true, givesWay: false },
  );
  activations.rollback();
  void closeHandlers(result.handlers);
  state.recordCounters.forget(result.handlers);
}

/** An options error names the class; here the place in the configuration is better. */
function describeFailure(error: unknown, component: PlannedComponent): string {
  if (!(error instanceof Error)) return `could not be made: ${String(error)}`;
  const own = error instanceof LoggingError;
  const name = component.type.name || 'factory';
  return own ? error.message : `${name} could not be made: ${error.message}`;
}

/** Makes components in order, and what they refer to before them. */
class Maker {
  readonly #failures = new Set<PlannedComponent>();
  readonly #reusable: ReadonlyMap<PlannedComponent, PlannedComponent>;
  readonly #byName: ReturnType<typeof componentsByName>;
  /** For each other configuration: the components of this plan that are the same in everything, with those they equal. */
  readonly #shared: ReadonlyMap<Made, ReadonlyMap<PlannedComponent, PlannedComponent>>;

  constructor(
    private readonly plan: ConfigPlan,
    private readonly made: Made,
    private readonly options: MakeOptions,
    private readonly failed: (component: PlannedComponent, error: unknown) => void,
  ) {
    const { previous, others } = options;
    this.#byName = componentsByName(plan);
    this.#reusable = previous === undefined ? new Map() : findReusable(plan, previous.plan);
    this.#shared = new Map(others.map((other) => [other, findShared(plan, other.plan)]));
  }

  makeAll(): void {
    for (const section of SECTIONS) {
      for (const component of this.plan[section]) this.#make(section, component);
    }
  }

  #make(section: Section, component: PlannedComponent): object | undefined {
    const known = this.made.instances[section].get(component.name);
    if (known !== undefined || this.#failures.has(component)) return known;
    try {
      const taken = this.#takeOver(section, component) ?? this.#share(section, component);
      if (taken !== undefined) this.#note(taken);
      const instance = taken ?? this.#makeAnew(component);
      this.made.instances[section].set(component.name, instance);
      return instance;
    } catch (error) {
      this.#failures.add(component);
      if (!(error instanceof MissingPart)) this.failed(component, error);
      return undefined;
    }
  }

  readonly #note = (instance: object): void => {
    if (isHandler(instance)) this.made.handlers.push(instance);
  };

  #makeAnew(component: PlannedComponent): object {
    for (const [path, plan] of component.workers) this.#tryForWorker(component, path, plan);
    return makeComponent(component, (reference) => this.#find(reference), this.options.create, this.#note);
  }

  #tryForWorker(component: PlannedComponent, place: string, plan: ConfigPlan): void {
    try {
      tryForWorker(plan, this.options.snapshot);
    } catch (error) {
      if (!(error instanceof LoggingConfigError)) throw error;
      for (const { path, message } of error.issues) {
        const at = { ...component, path: `${place}.${path}` };
        this.failed(at, new LoggingError('ERR_LOGGING_CONFIG', message));
      }
      throw new MissingPart();
    }
  }

  #takeOver(section: Section, component: PlannedComponent): object | undefined {
    const before = this.#reusable.get(component);
    if (before === undefined) return undefined;
    const instance = this.options.previous?.instances[section].get(component.name);
    if (instance === undefined || this.#isOthers(section, component.name, instance)) return undefined;
    if (isHandler(instance)) this.made.kept.set(instance, { now: component, before });
    return instance;
  }

  /** An instance that another configuration has too must not be changed for this one. */
  #isOthers(section: Section, name: string, instance: object): boolean {
    return this.options.others.some((other) => other.instances[section].get(name) === instance);
  }

  #share(section: Section, component: PlannedComponent): object | undefined {
    if (this.options.isOwn(component)) return undefined;
    for (const [other, shared] of this.#shared) {
      const instance = shared.has(component) && other.instances[section].get(component.name);
      if (instance) return instance;
    }
    return undefined;
  }

  #find(reference: ComponentReference): object {
    const component = this.#byName[reference.section].get(reference.name);
    const instance = component === undefined ? undefined : this.#make(reference.section, component);
    if (instance === undefined) throw new MissingPart();
    return instance;
  }
}

/** What a component refers to could not be made; that failure is already reported. */
class MissingPart extends Error {}
