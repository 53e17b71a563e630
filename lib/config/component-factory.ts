import { isFilterLike } from '../core/filter-like.js';
import { type Handler, isHandler } from '../core/handler.js';
import { construct } from '../internal/construct.js';
import type { PlannedComponent } from './config-plan.js';
import { ComponentReference, isPlainObject } from './converters.js';

/** Makes an instance in place of `new type(options)`, for example by a container; `undefined` for the default way. */
export type CreateComponent = (
  component: PlannedComponent,
  options: Record<string, unknown>,
) => object | undefined;

/** Gives the instance that a reference stands for. */
export type FindInstance = (reference: ComponentReference) => object;

/**
 * Makes one component of a plan and sets what its entry says.
 *
 * @throws Whatever the class throws, or a TypeError if what it made is not of the right kind.
 */
export function makeComponent(
  component: PlannedComponent,
  find: FindInstance,
  create?: CreateComponent,
): object {
  const options = resolveReferences(component.options, find) as Record<string, unknown>;
  const instance = create?.(component, options) ?? construct(component.type, options);
  checkKind(component, instance);
  if (isHandler(instance)) setUpHandler(instance, component, find);
  for (const [key, value] of Object.entries(component.properties)) {
    (instance as unknown as Record<string, unknown>)[key] = resolveReferences(value, find);
  }
  return instance;
}

function setUpHandler(handler: Handler, component: PlannedComponent, find: FindInstance): void {
  if (component.formatter !== undefined) {
    handler.setFormatter(find(new ComponentReference('formatters', component.formatter)) as never);
  }
  if (component.level !== undefined) handler.setLevel(component.level);
  for (const filter of component.filters) {
    handler.addFilter(
      typeof filter === 'string' ? (find(new ComponentReference('filters', filter)) as never) : filter,
    );
  }
}

function checkKind(component: PlannedComponent, instance: unknown): asserts instance is object {
  const fits =
    component.kind === 'handler'
      ? isHandler(instance)
      : component.kind === 'filter'
        ? isFilterLike(instance)
        : typeof (instance as { format?: unknown } | null)?.format === 'function';
  if (fits) return;
  const name = component.type.name || 'the factory';
  const needs = {
    handler: 'an object of a class derived from Handler',
    filter: 'a filter',
    formatter: 'an object with a format(record) method',
  };
  throw new TypeError(
    `${name} gave ${instance === null ? 'null' : typeof instance}, not ${needs[component.kind]}`,
  );
}

function resolveReferences(value: unknown, find: FindInstance): unknown {
  if (value instanceof ComponentReference) return find(value);
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, find));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, find)]));
}
