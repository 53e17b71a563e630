import {
  builtinNames,
  type ComponentKind,
  findBuiltinComponent,
} from '../../lib/config/components/builtin-components.js';
import type { ComponentFactory } from '../../lib/config/plan/logging-config.js';

/** All built-in classes of a kind by each of their names, in the order of the lists: handlers that are loaded when they are named among the others. */
export function builtinComponents(kind: ComponentKind): ReadonlyMap<string, ComponentFactory> {
  const components = builtinNames(kind).map((name): [string, ComponentFactory] => [
    name,
    findBuiltinComponent(kind, name) as ComponentFactory,
  ]);
  if (kind !== 'handler') return new Map(components);
  return new Map(components.sort(([, a], [, b]) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)));
}
