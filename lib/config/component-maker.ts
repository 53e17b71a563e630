import { collectActivations, type PendingActivations } from '../core/activation.js';
import { LoggingError } from '../core/errors.js';
import { type Handler, isHandler } from '../core/handler.js';
import type { Fault } from '../core/options.js';
import { closeHandlers } from '../core/shutdown.js';
import { type CreateComponent, makeComponent } from './component-factory.js';
import { findReusable } from './component-reuse.js';
import { type ConfigPlan, configError, type PlannedComponent } from './config-plan.js';
import type { ComponentReference } from './converters.js';

type Section = ComponentReference['section'];

/** What stands of a plan: everything that was made for it, or taken over. */
export interface Made {
  readonly plan: ConfigPlan;
  readonly instances: Readonly<Record<Section, Map<string, object>>>;
  /** The handlers in the order they were made, those taken over included. */
  readonly handlers: Handler[];
  /** The handlers taken over, with what the plans say of them. */
  readonly kept: Map<Handler, { readonly now: PlannedComponent; readonly before: PlannedComponent }>;
}

/**
 * Makes all components of a plan, or none: if one cannot be made, the others are closed again and every failure is
 * told.
 *
 * @param previous What stands; what is the same in both plans is taken over.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`
 */
export function makeAll(
  plan: ConfigPlan,
  create: CreateComponent | undefined,
  previous?: Made,
): { result: Made; activations: PendingActivations } {
  const made: Made = {
    plan,
    instances: { formatters: new Map(), filters: new Map(), handlers: new Map() },
    handlers: [],
    kept: new Map(),
  };
  try {
    return collectActivations(() => {
      const faults: Fault[] = [];
      const causes: unknown[] = [];
      const maker = new Maker(plan, made, create, previous, (component, error) => {
        causes.push(error);
        faults.push({ path: component.path, message: describeFailure(error, component) });
      });
      maker.makeAll();
      if (faults.length > 0) {
        const located = faults.map((fault) => plan.origin?.locate(fault) ?? fault);
        throw configError(located, causes.length === 1 ? causes[0] : new AggregateError(causes));
      }
      return made;
    });
  } catch (error) {
    void closeHandlers(made.handlers.filter((handler) => !made.kept.has(handler)));
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
  readonly #failures = new Set<PlannedComponent>();
  readonly #reusable: ReadonlyMap<PlannedComponent, PlannedComponent>;

  constructor(
    private readonly plan: ConfigPlan,
    private readonly made: Made,
    private readonly create: CreateComponent | undefined,
    private readonly previous: Made | undefined,
    private readonly failed: (component: PlannedComponent, error: unknown) => void,
  ) {
    this.#reusable = previous === undefined ? new Map() : findReusable(plan, previous.plan);
  }

  makeAll(): void {
    for (const section of ['formatters', 'filters', 'handlers'] as const) {
      for (const component of this.plan[section]) this.#make(section, component);
    }
  }

  #make(section: Section, component: PlannedComponent): object | undefined {
    const known = this.made.instances[section].get(component.name);
    if (known !== undefined || this.#failures.has(component)) return known;
    if (this.#underway.has(component)) throw new TypeError(`${component.path} refers to itself`);
    this.#underway.add(component);
    try {
      const instance =
        this.#takeOver(section, component) ??
        makeComponent(component, (reference) => this.#find(reference), this.create);
      this.made.instances[section].set(component.name, instance);
      if (isHandler(instance)) this.made.handlers.push(instance);
      return instance;
    } catch (error) {
      this.#failures.add(component);
      if (!(error instanceof MissingPart)) this.failed(component, error);
      return undefined;
    } finally {
      this.#underway.delete(component);
    }
  }

  #takeOver(section: Section, component: PlannedComponent): object | undefined {
    const before = this.#reusable.get(component);
    if (before === undefined) return undefined;
    const instance = this.previous?.instances[section].get(component.name);
    if (isHandler(instance)) this.made.kept.set(instance, { now: component, before });
    return instance;
  }

  #find(reference: ComponentReference): object {
    const component = this.plan[reference.section].find((candidate) => candidate.name === reference.name);
    const instance = component === undefined ? undefined : this.#make(reference.section, component);
    if (instance === undefined) throw new MissingPart();
    return instance;
  }
}

/** What a component refers to could not be made; that failure is told already. */
class MissingPart extends Error {}
