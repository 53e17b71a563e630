import type { OptionIssue } from '../../core/options.js';
import { referencesOf } from './component-references.js';
import type { ConfigPlan, PlannedComponent } from './planned-config.js';
import { SECTIONS, type Section } from './sections.js';

type Components = Pick<ConfigPlan, Section>;

/** Finds components that are made of themselves, such as a MemoryHandler whose target it is: none of them can be made. */
export function circularReferences(components: Components): OptionIssue[] {
  const search = new Search(components);
  for (const section of SECTIONS) for (const component of components[section]) search.visit(component, []);
  return search.issues;
}

class Search {
  readonly issues: OptionIssue[] = [];
  readonly #done = new Set<PlannedComponent>();

  constructor(private readonly components: Components) {}

  /** @param trail The components that led here. */
  visit(component: PlannedComponent, trail: readonly PlannedComponent[]): void {
    if (this.#done.has(component)) return;
    const way = [...trail, component];
    for (const [at, { section, name }] of referencesOf(component)) {
      const target = this.components[section].find((one) => one.name === name);
      if (target === undefined) continue;
      const begin = way.indexOf(target);
      if (begin < 0) this.visit(target, way);
      else this.issues.push({ path: at, message: describeCircle([...way.slice(begin), target]) });
    }
    this.#done.add(component);
  }
}

function describeCircle(circle: readonly PlannedComponent[]): string {
  const [first] = circle as [PlannedComponent];
  if (circle.length === 2) return `${first.path} refers to itself`;
  return `${circle.map(({ path }) => path).join(' refers to ')}: none of them can be made`;
}
