import { LoggingError } from '../../core/errors.js';
import { globalSlot } from '../../runtime/global-slot.js';
import type { ComponentFactory } from '../plan/logging-config.js';
import { builtinNames, type ComponentKind, findBuiltinComponent } from './builtin-components.js';

export type { ComponentKind } from './builtin-components.js';

interface Registry {
  readonly components: Record<ComponentKind, Map<string, ComponentFactory>>;
  readonly externals: Map<string, unknown>;
}

const registry = globalSlot(
  'components.1',
  (): Registry => ({
    components: { handler: new Map(), formatter: new Map(), filter: new Map() },
    externals: new Map(),
  }),
);

/**
 * Makes a class nameable in configurations: `class: 'acme.AuditHandler'`.
 *
 * Names are the only way from a configuration to code: no file is ever loaded by a name that it gives.
 *
 * @param kind What it makes.
 * @param name Any name; by habit dotted.
 * @param type The class (made with one object, the options) or a function that gives a component.
 * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` if the name is taken by a built-in class or by another one.
 */
export function registerComponent(kind: ComponentKind, name: string, type: ComponentFactory): void {
  const known = findComponent(kind, name);
  if (known !== undefined && known !== type) {
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `registerComponent: ${kind} "${name}" is taken; choose another name`,
    );
  }
  registry.components[kind].set(name, type);
}

/**
 * Makes a value reachable as `ext://NAME` in configurations.
 *
 * @param name What follows `ext://`.
 */
export function registerExternal(name: string, value: unknown): void {
  registry.externals.set(name, value);
}

/**
 * The class registered under a name, or `undefined`.
 *
 * @throws {LoggingError} As `findBuiltinComponent` does.
 */
export function findComponent(kind: ComponentKind, name: string): ComponentFactory | undefined {
  return registry.components[kind].get(name) ?? findBuiltinComponent(kind, name);
}

/** All names of a kind, users' first. */
export function componentNames(kind: ComponentKind): string[] {
  return [...registry.components[kind].keys(), ...builtinNames(kind)];
}

/** The value of `ext://NAME`; `found: false` if it is not on the list of what may be named. */
export function findExternal(name: string): { found: boolean; value?: unknown } {
  if (registry.externals.has(name)) return { found: true, value: registry.externals.get(name) };
  const builtin = BUILTIN_EXTERNALS[name];
  if (builtin !== undefined) return { found: true, value: builtin() };
  for (const kind of ['handler', 'formatter', 'filter'] as const) {
    const type = findComponent(kind, name);
    if (type !== undefined) return { found: true, value: type };
  }
  return findConstant(name);
}

/** A constant of a handler's class: `logging.handlers.SysLogHandler.LOG_LOCAL0`. */
function findConstant(name: string): { found: boolean; value?: unknown } {
  const [, owner = '', constant = ''] = /^(.+)\.([A-Z][A-Z0-9_]*)$/.exec(name) ?? [];
  const type = findComponent('handler', owner);
  const isKnown = type !== undefined && Object.hasOwn(type, constant);
  return isKnown
    ? { found: true, value: (type as unknown as Record<string, unknown>)[constant] }
    : { found: false };
}

/** Names that `ext://` knows, without the classes. */
export function externalNames(): string[] {
  return [...registry.externals.keys(), ...Object.keys(BUILTIN_EXTERNALS)];
}

const BUILTIN_EXTERNALS: Readonly<Record<string, () => unknown>> = Object.assign(Object.create(null), {
  'sys.stdout': () => process.stdout,
  'sys.stderr': () => process.stderr,
  'sys.__stdout__': () => process.stdout,
  'sys.__stderr__': () => process.stderr,
  // Flask's stream is that of the request, and standard error where there is none.
  'flask.logging.wsgi_errors_stream': () => process.stderr,
  'process.stdout': () => process.stdout,
  'process.stderr': () => process.stderr,
  'logging.DEBUG': () => 10,
  'logging.INFO': () => 20,
  'logging.WARNING': () => 30,
  'logging.ERROR': () => 40,
  'logging.CRITICAL': () => 50,
  'logging.NOTSET': () => 0,
  'socket.SOCK_STREAM': () => 1,
  'socket.SOCK_DGRAM': () => 2,
});
