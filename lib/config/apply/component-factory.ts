import { type FilterLike, isFilterLike } from '../../core/filter-like.js';
import { type FormatterLike, type Handler, isHandler } from '../../core/handler.js';
import { construct } from '../../runtime/construct.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { ComponentReference, isWhole } from '../plan/converters.js';
import type { ComponentFactory } from '../plan/logging-config.js';
import type { PlannedComponent } from '../plan/planned-config.js';

/** Makes an instance in place of `new type(options)`, for example by a container; `undefined` for the default way. */
export type CreateComponent = (
  component: PlannedComponent,
  options: Record<string, unknown>,
) => object | undefined;

/** On a factory for something elsewhere, for example a container's token: that thing. */
export const STANDS_FOR = Symbol('stands for');

/** Whether two factories make the same: they are one, or refer to the same thing. */
export function isSameFactory(one: ComponentFactory, other: ComponentFactory): boolean {
  if (one === other) return true;
  const target = (one as { [STANDS_FOR]?: unknown })[STANDS_FOR];
  return target !== undefined && target === (other as { [STANDS_FOR]?: unknown })[STANDS_FOR];
}

/** Returns the instance of a reference. */
export type FindInstance = (reference: ComponentReference) => object;

/**
 * Makes one component of a plan and sets the properties in its entry.
 *
 * @param made Called with the instance before anything is set on it: if that fails, it has to be closed.
 * @throws Whatever the class throws, or a TypeError if what it made is not of the right kind.
 */
export function makeComponent(
  component: PlannedComponent,
  find: FindInstance,
  create: CreateComponent | undefined,
  made: (instance: object) => void,
): object {
  const options = resolveReferences(component.options, find) as Record<string, unknown>;
  const instance = create?.(component, options) ?? construct(component.type, options);
  checkKind(component, instance);
  made(instance);
  if (isHandler(instance)) setUpHandler(instance, component, find);
  for (const [key, value] of Object.entries(component.properties)) {
    (instance as unknown as Record<string, unknown>)[key] = resolveReferences(value, find);
  }
  return instance;
}

function setUpHandler(handler: Handler, component: PlannedComponent, find: FindInstance): void {
  if (component.formatter !== undefined) {
    handler.setFormatter(find(new ComponentReference('formatters', component.formatter)) as FormatterLike);
  }
  if (component.level !== undefined) handler.setLevel(component.level);
  for (const filter of component.filters) {
    handler.addFilter(
      typeof filter === 'string' ? (find(new ComponentReference('filters', filter)) as FilterLike) : filter,
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
  // An object with methods of its own, such as a stream, has to stay that object.
  if (!isPlainObject(value) || isWhole(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, find)]));
}
