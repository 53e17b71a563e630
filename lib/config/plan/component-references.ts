import { isPlainObject } from '../../runtime/plain-object.js';
import { ComponentReference } from './converters.js';
import type { ConfigPlan, PlannedComponent } from './planned-config.js';
import type { Section } from './sections.js';

/** A reference to a component, and its place: `handlers.buffer.target`. */
export type PlacedReference = readonly [path: string, reference: ComponentReference];

/** The components that a component refers to: in its options at any depth, as its formatter, and among its filters. */
export function referencesOf({
  options,
  properties,
  path,
  formatter,
  filters,
}: PlannedComponent): PlacedReference[] {
  return [
    ...referencesIn(options, path),
    ...referencesIn(properties, `${path}..`),
    ...(formatter === undefined ? [] : [placed(`${path}.formatter`, 'formatters', formatter)]),
    ...filters.flatMap((name, at) =>
      typeof name === 'string' ? [placed(`${path}.filters.${at}`, 'filters', name)] : [],
    ),
  ];
}

/** The handlers that a handler passes its records to: a MemoryHandler's target, a QueueHandler's handlers. */
export function targetsOf(handler: PlannedComponent, plan: ConfigPlan): PlannedComponent[] {
  const names = new Set(
    referencesOf(handler).flatMap(([, { section, name }]) => (section === 'handlers' ? [name] : [])),
  );
  return plan.handlers.filter(({ name }) => names.has(name));
}

function placed(path: string, section: Section, name: string): PlacedReference {
  return [path, new ComponentReference(section, name)];
}

function referencesIn(value: unknown, path: string): PlacedReference[] {
  if (value instanceof ComponentReference) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, at) => referencesIn(item, `${path}.${at}`));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => referencesIn(item, `${path}.${key}`));
}
