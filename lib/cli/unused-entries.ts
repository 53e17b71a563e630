import { referencesOf } from '../config/plan/component-references.js';
import { type ConfigPlan, loggersOf } from '../config/plan/planned-config.js';

/** The entries of a plan that nothing refers to, as paths. */
export function unusedEntries(plan: ConfigPlan): string[] {
  const components = [...plan.handlers, ...plan.filters, ...plan.formatters];
  const used = new Set<string>([
    ...loggersOf(plan).flatMap(({ handlers, filters }) => [
      ...handlers.map((name) => `handlers.${name}`),
      ...filters.flatMap((filter) => (typeof filter === 'string' ? [`filters.${filter}`] : [])),
    ]),
    ...components.flatMap(referencesOf).map(([, { section, name }]) => `${section}.${name}`),
  ]);
  return components.map(({ path }) => path).filter((path) => !used.has(path));
}
