import type { OptionIssue } from '../../core/options.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { ComponentReference } from './converters.js';
import type { PlannedComponent } from './planned-config.js';

type Section = ComponentReference['section'];
type Components = Readonly<Record<Section, readonly PlannedComponent[]>>;

/** Finds components that are made of themselves, such as a MemoryHandler whose target it is: none of them can be made. */
export function circularReferences(components: Components): OptionIssue[] {
  const search = new Search(components);
  for (const section of ['formatters', 'filters', 'handlers'] as const)
    for (const component of components[section]) search.visit(component, []);
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

/** What a component is made of, each with its place. */
function referencesOf({ options, properties, path, formatter, filters }: PlannedComponent): Place[] {
  return [
    ...placesOf(options, path),
    ...placesOf(properties, `${path}..`),
    ...(formatter === undefined ? [] : [place(`${path}.formatter`, 'formatters', formatter)]),
    ...filters.flatMap((name, at) =>
      typeof name === 'string' ? [place(`${path}.filters.${at}`, 'filters', name)] : [],
    ),
  ];
}

type Place = readonly [path: string, reference: ComponentReference];

function place(path: string, section: Section, name: string): Place {
  return [path, new ComponentReference(section, name)];
}

function placesOf(value: unknown, path: string): Place[] {
  if (value instanceof ComponentReference) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, at) => placesOf(item, `${path}.${at}`));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => placesOf(item, `${path}.${key}`));
}
