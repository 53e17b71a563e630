import { ComponentReference } from '../config/plan/converters.js';
import type { ConfigPlan, PlannedComponent } from '../config/plan/planned-config.js';
import { isPlainObject } from '../runtime/plain-object.js';

/** The entries of a plan that nothing refers to, as paths. */
export function unusedEntries(plan: ConfigPlan): string[] {
  const loggers = [...plan.loggers, ...(plan.root === undefined ? [] : [plan.root])];
  const components = [...plan.handlers, ...plan.filters, ...plan.formatters];
  const used = new Set<string>([
    ...loggers.flatMap(({ handlers, filters }) => [
      ...paths('handlers', handlers),
      ...paths('filters', filters),
    ]),
    ...plan.handlers.flatMap(({ formatter, filters }) => [
      ...(formatter === undefined ? [] : paths('formatters', [formatter])),
      ...paths('filters', filters),
    ]),
    ...components
      .flatMap(({ options, properties }) => [...references(options), ...references(properties)])
      .map(pathOf),
  ]);
  return components.map(({ path }) => path).filter((path) => !used.has(path));
}

function paths(section: string, names: readonly unknown[]): string[] {
  return names.filter((name) => typeof name === 'string').map((name) => `${section}.${name}`);
}

function pathOf({ section, name }: ComponentReference): string {
  return `${section}.${name}`;
}

/** The components that options refer to, at any depth. */
function references(value: unknown): ComponentReference[] {
  if (value instanceof ComponentReference) return [value];
  if (Array.isArray(value)) return value.flatMap(references);
  return isPlainObject(value) ? Object.values(value).flatMap(references) : [];
}

/** The handlers that a handler passes its records to: a MemoryHandler's target, a QueueHandler's handlers. */
export function targetsOf(handler: PlannedComponent, plan: ConfigPlan): PlannedComponent[] {
  const names = references(handler.options)
    .filter(({ section }) => section === 'handlers')
    .map(({ name }) => name);
  return plan.handlers.filter(({ name }) => names.includes(name));
}
