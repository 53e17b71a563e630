import { type ForwardReference, forwardRef, type Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { Undo } from '../instrumentation.js';

/**
 * A module to import, and a function that is called when an application takes it in, before anything of the application
 * is made.
 *
 * Nest has no hook for that moment. It looks at forward references then, once or more for each application.
 *
 * Earlier versions of Nest 11 (11.2.1, for one) make a module for a reference in the imports of a dynamic module, and another
 * for its class: they keep the id of a module on what they are given. So the reference keeps on the class what is kept on it.
 */
export function whenTakenIn(module: Type, begin: () => void): ForwardReference {
  const reference = forwardRef(() => {
    begin();
    return module;
  });
  return new Proxy(module, {
    get: (target, key) => (key === 'forwardRef' ? reference.forwardRef : Reflect.get(target, key)),
  }) as unknown as ForwardReference;
}

/**
 * Calls a function with each microservice of an application, as it is made. The first versions of Nest 11 do not say which
 * there are: messages have no records there.
 */
export function forEachRpcServer<Server>(modules: ModulesContainer, take: (server: Server) => void): Undo {
  if (typeof modules.getRpcTargetRegistry !== 'function') return () => {};
  const servers = modules.getRpcTargetRegistry<Server>().subscribe(take);
  return () => servers.unsubscribe();
}

/** Makes modules the first at start and the last at the end: Nest orders them by their distance from the root module. */
export function takeFirstTurn(modules: ModulesContainer, type: object): Undo {
  const own = [...modules.values()].filter(({ metatype }) => metatype === type);
  const distances = own.map(({ distance }) => distance);
  for (const module of own) module.distance = Number.POSITIVE_INFINITY;
  return () => {
    for (const [index, module] of own.entries()) module.distance = distances[index] as number;
  };
}

/**
 * The loading of a provider: rejects, or resolves with the error, if it cannot be made. `undefined` where it has not
 * begun, or Nest does not say.
 */
export function loadingOf(provider: object): Promise<unknown> | undefined {
  const { settlementSignal: signal } = provider as { settlementSignal?: { asPromise?(): Promise<unknown> } };
  return typeof signal?.asPromise === 'function' ? signal.asPromise() : undefined;
}
