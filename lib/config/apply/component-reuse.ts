import { isDeepStrictEqual } from 'node:util';
import { isPlainObject } from '../../runtime/plain-object.js';
import { ComponentReference } from '../plan/converters.js';
import type { ConfigPlan, PlannedComponent } from '../plan/planned-config.js';
import { SECTIONS, type Section } from '../plan/sections.js';
import { isSameFactory } from './component-factory.js';

/**
 * Finds the components of a plan whose entries are the same as in an earlier plan, so that what was made of them
 * can go on.
 *
 * A handler counts as the same if only its level, its formatter or its filters differ: these can be set on it. What
 * refers to a component that is replaced is replaced too.
 *
 * @returns The component of the earlier plan, by the one of the new plan.
 */
export function findReusable(
  plan: ConfigPlan,
  earlier: ConfigPlan,
): ReadonlyMap<PlannedComponent, PlannedComponent> {
  return new Comparison(plan, earlier, 'settable').compare();
}

/** Finds the components that are the same in two plans in everything, so that both can have one instance. */
export function findShared(
  plan: ConfigPlan,
  other: ConfigPlan,
): ReadonlyMap<PlannedComponent, PlannedComponent> {
  return new Comparison(plan, other, 'exact').compare();
}

/** Whether two plans have a handler of that name, and both write to the same place: all but what can be set is the same. */
export function hasSameDestination(plan: ConfigPlan, other: ConfigPlan, name: string): boolean {
  return new Comparison(plan, other, 'destination').isSame('handlers', name);
}

/**
 * What counts: `exact` everything; `settable` all but what can be set on a handler; `destination` all but level,
 * formatter and filters.
 */
type Strictness = 'exact' | 'settable' | 'destination';

class Comparison {
  readonly #verdicts = new Map<PlannedComponent, PlannedComponent | undefined>();
  readonly #earlier: Readonly<Record<Section, ReadonlyMap<string, PlannedComponent>>>;
  readonly #now: Readonly<Record<Section, ReadonlyMap<string, PlannedComponent>>>;

  constructor(
    private readonly plan: ConfigPlan,
    earlier: ConfigPlan,
    private readonly strictness: Strictness,
  ) {
    this.#now = componentsByName(plan);
    this.#earlier = componentsByName(earlier);
  }

  isSame(section: Section, name: string): boolean {
    const component = this.#now[section].get(name);
    return component !== undefined && this.#counterpart(section, component) !== undefined;
  }

  compare(): Map<PlannedComponent, PlannedComponent> {
    const reusable = new Map<PlannedComponent, PlannedComponent>();
    for (const section of SECTIONS) {
      for (const component of this.plan[section]) {
        const counterpart = this.#counterpart(section, component);
        if (counterpart !== undefined) reusable.set(component, counterpart);
      }
    }
    return reusable;
  }

  #counterpart(section: Section, component: PlannedComponent): PlannedComponent | undefined {
    if (this.#verdicts.has(component)) return this.#verdicts.get(component);
    // What refers to itself in a circle cannot be made anyway.
    this.#verdicts.set(component, undefined);
    const before = this.#earlier[section].get(component.name);
    const verdict = before !== undefined && this.#isSame(component, before) ? before : undefined;
    this.#verdicts.set(component, verdict);
    return verdict;
  }

  #isSame(component: PlannedComponent, before: PlannedComponent): boolean {
    if (!isSameFactory(component.type, before.type)) return false;
    if (this.strictness === 'settable') {
      // What a class sets itself is unknown, so it cannot be restored.
      if (before.level !== undefined && component.level === undefined) return false;
      if (before.formatter !== undefined && component.formatter === undefined) return false;
    }
    if (this.strictness === 'exact' && !this.#hasSameSettings(component, before)) return false;
    return (
      this.#equal(component.options, before.options) && this.#equal(component.properties, before.properties)
    );
  }

  #hasSameSettings(component: PlannedComponent, before: PlannedComponent): boolean {
    const { level, formatter, filters } = component;
    if (level !== before.level || formatter !== before.formatter) return false;
    if (formatter !== undefined && !this.isSame('formatters', formatter)) return false;
    return (
      filters.length === before.filters.length &&
      filters.every(
        (filter, index) =>
          filter === before.filters[index] && (typeof filter !== 'string' || this.isSame('filters', filter)),
      )
    );
  }

  #equal(value: unknown, before: unknown): boolean {
    if (Object.is(value, before)) return true;
    if (value instanceof ComponentReference)
      return before instanceof ComponentReference && this.#refersToSame(value, before);
    if (Array.isArray(value)) {
      if (!Array.isArray(before) || value.length !== before.length) return false;
      return value.every((item, index) => this.#equal(item, before[index]));
    }
    if (isPlainObject(value)) {
      const keys = Object.keys(value);
      if (!isPlainObject(before) || keys.length !== Object.keys(before).length) return false;
      return keys.every((key) => Object.hasOwn(before, key) && this.#equal(value[key], before[key]));
    }
    const isValue =
      value instanceof Date || value instanceof URL || value instanceof RegExp || Buffer.isBuffer(value);
    return isValue && isDeepStrictEqual(value, before);
  }

  #refersToSame(reference: ComponentReference, before: ComponentReference): boolean {
    if (reference.section !== before.section || reference.name !== before.name) return false;
    return this.isSame(reference.section, reference.name);
  }
}

/** The components of a plan, by section and name. */
export function componentsByName(
  plan: ConfigPlan,
): Readonly<Record<Section, ReadonlyMap<string, PlannedComponent>>> {
  const byName = (section: Section) => new Map(plan[section].map((one) => [one.name, one]));
  return { formatters: byName('formatters'), filters: byName('filters'), handlers: byName('handlers') };
}
