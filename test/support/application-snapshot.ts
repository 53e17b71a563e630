/** What of an application and its process somebody could have changed, and what differs between two looks at it. */
import { type INestApplication, Logger as NestCommonLogger } from '@nestjs/common';
import {
  type AbstractHttpAdapter,
  ApplicationConfig,
  ExternalContextCreator,
  ModulesContainer,
} from '@nestjs/core';
import { state } from '../../lib/core/state.js';
import { injectedNames } from '../../lib/nest/module/injected-names.js';

/** By the name of what was looked at. */
export type Snapshot = Map<string, unknown>;

/** Every property and every mark of an object, and of what it inherits from until Node's or JavaScript's own. */
function look(into: Snapshot, name: string, object: unknown): void {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  for (const key of Reflect.ownKeys(object)) {
    // Where Node, since 26, keeps what it makes for the first request.
    if (typeof key === 'symbol' && key.description === 'ResponseOptions') continue;
    const descriptor = Object.getOwnPropertyDescriptor(object, key) as PropertyDescriptor;
    for (const part of ['value', 'get', 'set', 'enumerable', 'configurable', 'writable'] as const) {
      const value: unknown = descriptor[part];
      // Lists are looked at whole, and what counts or keeps something is the application's business.
      if (Array.isArray(value)) into.set(`${name}.${String(key)}[]`, [...value]);
      else if (typeof value === 'function' || typeof value === 'boolean')
        into.set(`${name}.${String(key)}:${part}`, value);
    }
  }
  for (const key of Reflect.getOwnMetadataKeys(object)) {
    const value = Reflect.getOwnMetadata(key, object) as unknown;
    into.set(`${name}@${String(key)}`, Array.isArray(value) ? [...value] : value);
  }
}

function lookAtListeners(into: Snapshot, name: string, emitter: NodeJS.EventEmitter): void {
  for (const event of emitter.eventNames())
    into.set(`${name} on ${String(event)}`, emitter.rawListeners(event));
}

/** What an application of Nest consists of that somebody could have changed. */
export function snapshot(app: INestApplication, classes: readonly (new () => object)[]): Snapshot {
  const seen: Snapshot = new Map();
  const adapter = app.getHttpAdapter() as AbstractHttpAdapter & { onRequestHook?: unknown };
  const instance = adapter.getInstance() as { request?: object; response?: object };
  const server = app.getHttpServer() as NodeJS.EventEmitter;
  const config = app.get(ApplicationConfig);
  look(seen, 'adapter', adapter);
  seen.set('adapter.onRequestHook', adapter.onRequestHook);
  look(seen, 'adapter.prototype', Object.getPrototypeOf(adapter));
  look(seen, 'instance', instance);
  look(seen, 'instance.request', instance.request);
  look(seen, 'instance.response', instance.response);
  look(seen, 'server', server);
  look(seen, 'server.prototype', Object.getPrototypeOf(server));
  look(seen, 'config', config);
  look(seen, 'ioAdapter', config.getIoAdapter());
  look(seen, 'creator', app.get(ExternalContextCreator));
  for (const { providers, controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype, instance: made, name } of [...providers.values(), ...controllers.values()]) {
      if (/Logg|ComponentFrame/.test(String(name)) || String(name).includes('nestjs-logging')) continue;
      look(seen, `instance of ${String(name)}`, made);
      look(seen, `class ${String(name)}`, metatype);
    }
  }
  for (const type of classes)
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(type.prototype)))
      look(seen, `method ${type.name}.${name}`, member.value);
  look(seen, 'Logger', NestCommonLogger);
  seen.set(
    'current logger',
    (NestCommonLogger as unknown as { staticInstanceRef: unknown }).staticInstanceRef,
  );
  seen.set('context provider', state.contextProvider);
  seen.set('listeners of names', [...injectedNames.listeners]);
  lookAtModules(seen, app.get(ModulesContainer));
  lookAtListeners(seen, 'server', server);
  lookAtProcess(seen);
  return seen;
}

function lookAtModules(seen: Snapshot, modules: ModulesContainer): void {
  seen.set(
    'distances',
    [...modules.values()].map(({ distance }) => distance),
  );
  const transports: unknown[] = [];
  const registry = modules.getRpcTargetRegistry();
  registry.subscribe((one) => transports.push(one)).unsubscribe();
  for (const [index, transport] of transports.entries()) look(seen, `transport ${index}`, transport);
  const { source } = registry as unknown as { source: { observers: readonly unknown[] } };
  seen.set('observers of transports', [...source.observers]);
}

/** What of the process somebody could have changed. */
export function lookAtProcess(seen: Snapshot): void {
  lookAtListeners(seen, 'process', process);
  look(seen, 'process', process);
  look(seen, 'stdout', process.stdout);
  look(seen, 'stderr', process.stderr);
  look(seen, 'console', console);
  look(seen, 'globalThis', { setTimeout, setImmediate, fetch, queueMicrotask });
}

/** What differs between two snapshots, as a list of names. */
export function changes(before: Snapshot, after: Snapshot): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    if (Array.isArray(one) && Array.isArray(other))
      return one.length !== other.length || one.some((item, index) => item !== other[index]);
    return one !== other;
  });
}
