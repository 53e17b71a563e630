import type * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { Filter } from '../../core/filter.js';
import { Formatter } from '../../core/formatting/formatter.js';
import { findIssues, type OptionIssue } from '../../core/options.js';
import { suggestion } from '../../core/suggestion.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { findBuiltinComponent } from '../components/builtin-components.js';
import { type ComponentKind, componentNames, findComponent } from '../components/component-registry.js';
import { ComponentReference, isInheritedName } from './converters.js';
import type { ComponentFactory } from './logging-config.js';
import { describe, type PlanReader } from './plan-reader.js';
import type { PlannedWithoutWorkers, PlanOptions } from './planned-config.js';

/** Keys of an entry that are not options of the class. */
const ENTRY_KEYS: Readonly<Record<ComponentKind, readonly string[]>> = {
  handler: ['class', '()', '.', 'level', 'formatter', 'filters'],
  formatter: ['class', '()', '.'],
  filter: ['class', '()', '.'],
};

/** What an entry is made of when it names nothing. */
const DEFAULT_TYPES: Readonly<Record<ComponentKind, ComponentFactory | undefined>> = {
  handler: undefined,
  formatter: Formatter,
  filter: Filter,
};

/** What the planner reads from a class. */
interface ComponentStatics {
  /** Schema of the options. */
  readonly optionsSchema?: v.GenericSchema;
  /** Options that name other handlers: MemoryHandler's `target`. */
  readonly handlerOptions?: readonly string[];
  /** Options that hold sections to be made in a worker thread: QueueHandler's `worker`. */
  readonly workerOptions?: readonly string[];
  /** Finds options that exclude each other, of which one may name handlers: no schema sees those. */
  findConflict?(options: Readonly<Record<string, unknown>>): OptionIssue | undefined;
}

/** The sections of a planned component that are to be made in a worker thread, with their places. */
export function workerSections({
  type,
  options,
  path,
}: PlannedWithoutWorkers): { path: string; sections: Record<string, unknown> }[] {
  return workerOptionsOf(type).flatMap((key) => {
    const sections = options[key];
    return isPlainObject(sections) ? [{ path: `${path}.${key}`, sections }] : [];
  });
}

function workerOptionsOf(type: ComponentFactory | undefined): readonly string[] {
  return (type as ComponentStatics | undefined)?.workerOptions ?? [];
}

/** Plans one entry of `handlers`, `formatters` or `filters`; `undefined` if it cannot be made. */
export function planComponent(
  kind: ComponentKind,
  name: string,
  entry: unknown,
  path: string,
  reader: PlanReader,
  options: PlanOptions,
): PlannedWithoutWorkers | undefined {
  if (!isPlainObject(entry))
    return reader.issue(path, `expected an object with the options of the ${kind}, got ${describe(entry)}`);
  const type = findType(kind, entry, path, reader, options);
  const isHandler = kind === 'handler';
  // Everything is read even where the class is unknown, so that all errors are reported at once.
  const level = isHandler ? reader.level(entry, path) : undefined;
  const formatter = isHandler ? reader.formatter(entry, path) : undefined;
  const filters = isHandler ? reader.filters(entry, path) : [];
  const given = readOptions(kind, entry, path, reader, workerOptionsOf(type));
  const properties = readProperties(entry, path, reader);
  if (type === undefined) return undefined;
  const resolved = resolveHandlerOptions(type, given, path, reader);
  checkAgainstSchema(type, resolved, path, reader);
  const conflict = (type as ComponentStatics).findConflict?.(resolved);
  if (conflict !== undefined) reader.issue(`${path}.${conflict.path}`, conflict.message);
  const planned = { kind, name, path, type, options: resolved, properties, level, formatter, filters };
  reader.issues.push(...(options.inspect?.(planned) ?? []));
  return planned;
}

function findType(
  kind: ComponentKind,
  entry: Record<string, unknown>,
  path: string,
  reader: PlanReader,
  options: PlanOptions,
): ComponentFactory | undefined {
  const key = Object.hasOwn(entry, '()') ? '()' : 'class';
  const place = `${path}.${key}`;
  if (!Object.hasOwn(entry, key)) {
    const fallback = DEFAULT_TYPES[kind];
    if (fallback !== undefined) return fallback;
    const known = suggestion('class', Object.keys(entry));
    return reader.issue(
      path,
      `no class; add class: 'logging.StreamHandler', or another${known.startsWith('; did') ? known : ''}`,
    );
  }
  if (entry[key] === undefined)
    return reader.issue(
      place,
      'expected a class, a function or a registered name, got undefined; is it imported, and not in a circle?',
    );
  const value = reader.value(entry, key, path);
  if (value === undefined) return undefined;
  const type = options.resolve?.(value, kind) ?? named(value, kind, options);
  if (type instanceof LoggingError) return reader.issue(place, type.message);
  if (typeof type === 'function') return type as ComponentFactory;
  if (typeof value !== 'string')
    return reader.issue(place, `expected a class, a function or a registered name, got ${describe(value)}`);
  const meant = suggestion(value, componentNames(kind));
  if (options.isForWorker) {
    const known =
      findComponent(kind, value) === undefined
        ? `no ${kind} class is called "${value}"${meant}`
        : `"${value}" is registered in this thread only`;
    return reader.issue(
      place,
      `${known}${known.endsWith('?') ? ' A' : '; a'} worker thread has the built-in classes alone`,
    );
  }
  const remedy = `ive the class itself, or make the name known with registerComponent('${kind}', '${value}', YourClass)`;
  return reader.issue(
    place,
    `no ${kind} class is registered as "${value}"${meant.endsWith('?') ? `${meant} Or g` : '; g'}${remedy}`,
  );
}

/** The class of a name, or the error of loading it; any other value as it is. */
function named(value: unknown, kind: ComponentKind, { isForWorker }: PlanOptions): unknown {
  if (typeof value !== 'string') return value;
  try {
    return isForWorker ? findBuiltinComponent(kind, value) : findComponent(kind, value);
  } catch (error) {
    if (error instanceof LoggingError) return error;
    throw error;
  }
}

/** The options of the class: what is left of the entry, references resolved. */
function readOptions(
  kind: ComponentKind,
  entry: Record<string, unknown>,
  path: string,
  reader: PlanReader,
  workerOptions: readonly string[],
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const key of Object.keys(entry)) {
    if (ENTRY_KEYS[kind].includes(key)) continue;
    if (isInheritedName(key)) {
      reader.issue(`${path}.${key}`, 'this key is not allowed');
      continue;
    }
    const issue = (inner: readonly string[], message: string) =>
      reader.issue([path, key, ...inner].join('.'), message);
    options[key] = workerOptions.includes(key)
      ? reader.converter.convertForWorker(entry[key], issue)
      : reader.converter.convert(entry[key], issue);
  }
  return options;
}

function readProperties(
  entry: Record<string, unknown>,
  path: string,
  reader: PlanReader,
): Record<string, unknown> {
  const given = entry['.'];
  if (given === undefined || given === null) return {};
  if (!isPlainObject(given)) {
    reader.issue(`${path}..`, `expected an object of properties to set, got ${describe(given)}`);
    return {};
  }
  return reader.converter.convert(given, (inner, message) =>
    reader.issue([path, '.', ...inner].join('.'), message),
  ) as Record<string, unknown>;
}

/** Replaces names of handlers in options that take handlers by references to them. */
function resolveHandlerOptions(
  type: ComponentFactory,
  options: Record<string, unknown>,
  path: string,
  reader: PlanReader,
): Record<string, unknown> {
  const keys = (type as ComponentStatics).handlerOptions ?? [];
  const refer = (value: unknown, place: string): unknown => {
    if (typeof value !== 'string') return value;
    if (reader.names.handlers.includes(value)) return new ComponentReference('handlers', value);
    reader.issue(place, `no handler named "${value}"${suggestion(value, reader.names.handlers)}`);
    return new ComponentReference('handlers', value);
  };
  const resolved = { ...options };
  for (const key of keys) {
    const value = resolved[key];
    const place = `${path}.${key}`;
    if (Array.isArray(value)) resolved[key] = value.map((item, index) => refer(item, `${place}.${index}`));
    else if (value !== undefined) resolved[key] = refer(value, place);
  }
  return resolved;
}

/** Only the class's own schema counts: a derived class may take more. */
function checkAgainstSchema(
  type: ComponentFactory,
  options: Record<string, unknown>,
  path: string,
  reader: PlanReader,
): void {
  if (!Object.hasOwn(type, 'optionsSchema')) return;
  const schema = (type as ComponentStatics).optionsSchema;
  if (schema === undefined) return;
  const checked = Object.fromEntries(Object.entries(options).filter(([, value]) => !holdsReference(value)));
  const references = new Set(Object.keys(options).filter((key) => !(key in checked)));
  for (const issue of findIssues(schema, checked, path)) {
    // An option that refers to a component to be made is checked by the constructor.
    if (!references.has(issue.path.slice(path.length + 1).split('.')[0] ?? '')) reader.issues.push(issue);
  }
}

function holdsReference(value: unknown): boolean {
  if (value instanceof ComponentReference) return true;
  if (Array.isArray(value)) return value.some(holdsReference);
  return isPlainObject(value) && Object.values(value).some(holdsReference);
}
