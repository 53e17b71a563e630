import type * as v from 'valibot';
import { findIssues, type OptionIssue } from '../../core/options.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { ComponentReference } from './converters.js';
import type { ConfigPlan, PlannedComponent } from './planned-config.js';
import type { Section } from './sections.js';

type Components = Pick<ConfigPlan, Section>;

/**
 * Finds options that refer to a component which they do not take: a `format` that is the formatter itself.
 *
 * The component is not made yet. An object of its class stands for it, which is all that a schema looks at; a class without a
 * schema of its own may give anything, and is left to the constructor.
 */
export function findWrongReferences(components: Components): OptionIssue[] {
  return [...components.formatters, ...components.filters, ...components.handlers].flatMap((component) =>
    wrongReferencesOf(component, components),
  );
}

function wrongReferencesOf({ type, options, path }: PlannedComponent, components: Components): OptionIssue[] {
  const schema = schemaOf(type);
  if (schema === undefined) return [];
  const places = new Map<string, ComponentReference>();
  const given: Record<string, unknown> = {};
  const checked = new Set<string>();
  for (const [key, value] of Object.entries(options)) {
    const own = new Map<string, ComponentReference>();
    const standing = standIn(value, `${path}.${key}`, components, own);
    if (standing === NOT_KNOWN) continue;
    given[key] = standing;
    if (own.size > 0) checked.add(key);
    for (const [place, reference] of own) places.set(place, reference);
  }
  if (checked.size === 0) return [];
  const issues = findIssues(schema, given, path).filter(({ path: place }) =>
    checked.has(place.slice(path.length + 1).split('.')[0] ?? ''),
  );
  return placeAtReferences(issues, places);
}

/** What a component has inside is of no interest: the reference itself is wrong. */
function placeAtReferences(
  issues: readonly OptionIssue[],
  places: ReadonlyMap<string, ComponentReference>,
): OptionIssue[] {
  const found = new Map<string, OptionIssue>();
  for (const issue of issues) {
    const inside = [...places].find(([place]) => issue.path.startsWith(`${place}.`));
    const [path, reference] = inside ?? [issue.path];
    const message =
      reference === undefined
        ? issue.message
        : `"cfg://${reference.section}.${reference.name}" is a component, which this option does not take`;
    found.set(path, { path, message });
  }
  return [...found.values()];
}

const NOT_KNOWN = Symbol('not known');

/** A value with objects in the place of references; `NOT_KNOWN` if one of them may become anything. */
function standIn(
  value: unknown,
  path: string,
  components: Components,
  places: Map<string, ComponentReference>,
): unknown {
  if (value instanceof ComponentReference) {
    const target = components[value.section].find(({ name }) => name === value.name);
    if (target === undefined || schemaOf(target.type) === undefined) return NOT_KNOWN;
    places.set(path, value);
    // With something in it: an empty object would do for options by name.
    return Object.defineProperty(Object.create(target.type.prototype), value.name, {
      value: target.type,
      enumerable: true,
    });
  }
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    standIn(item, `${path}.${key}`, components, places),
  ]);
  if (entries.some(([, item]) => item === NOT_KNOWN)) return NOT_KNOWN;
  return isList ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** The class's own schema; a derived class may take more, and give something else. */
function schemaOf(type: PlannedComponent['type']): v.GenericSchema | undefined {
  if (!Object.hasOwn(type, 'optionsSchema') || typeof type.prototype !== 'object') return undefined;
  return (type as { optionsSchema?: v.GenericSchema }).optionsSchema;
}
