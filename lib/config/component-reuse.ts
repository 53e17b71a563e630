import { isDeepStrictEqual } from 'node:util';
import type { ConfigPlan, PlannedComponent } from './config-plan.js';
import { ComponentReference, isPlainObject } from './converters.js';

type Section = ComponentReference['section'];

const SECTIONS = ['formatters', 'filters', 'handlers'] as const;

/**
 * Finds the components of a plan whose entries say what those of an earlier plan said, so that what was made of them
 * can go on.
 *
 * A handler counts as the same if only its level, its formatter or its filters differ: these can be set on it. What
 * refers to a component that is made anew is made anew too.
 *
 * @returns The component of the earlier plan, by the one of the new plan.
 */
export function findReusable(
  plan: ConfigPlan,
  earlier: ConfigPlan,
): ReadonlyMap<PlannedComponent, PlannedComponent> {
  return new Comparison(plan, earlier).compare();
}

class Comparison {
  readonly #verdicts = new Map<PlannedComponent, PlannedComponent | undefined>();

  constructor(
    private readonly plan: ConfigPlan,
    private readonly earlier: ConfigPlan,
  ) {}

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
    const before = this.earlier[section].find(({ name }) => name === component.name);
    const verdict = before !== undefined && this.#isSame(component, before) ? before : undefined;
    this.#verdicts.set(component, verdict);
    return verdict;
  }

  #isSame(component: PlannedComponent, before: PlannedComponent): boolean {
    if (component.type !== before.type) return false;
    // What a class sets by itself is not known, so it cannot be gone back to.
    if (before.level !== undefined && component.level === undefined) return false;
    if (before.formatter !== undefined && component.formatter === undefined) return false;
    return (
      this.#equal(component.options, before.options) && this.#equal(component.properties, before.properties)
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
    const target = this.plan[reference.section].find(({ name }) => name === reference.name);
    return target !== undefined && this.#counterpart(reference.section, target) !== undefined;
  }
}
