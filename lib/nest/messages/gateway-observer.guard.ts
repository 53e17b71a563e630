import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { mark, share, type Undo, UndoList } from '../instrumentation.js';
import { MARKS } from '../internals/marks.js';
import { type ContainerMethod, methodsOf } from '../work/handler-names.js';
import { currentMessage } from './message.js';

/**
 * Notes which gateway a message came to; lets everything pass.
 *
 * Adapters get the handlers of a gateway without its name, and several gateways may handle one message. A guard gets
 * the class. It is bound only to the classes of those gateways. It is their first guard, so that it also sees messages
 * that other guards refuse.
 */
class GatewayObserver implements CanActivate {
  /** The names of methods: a decorator may have replaced one by a function without a name. */
  constructor(private readonly names: ReadonlyMap<object, string>) {}

  canActivate(context: ExecutionContext): true {
    if (context.getType() !== 'ws') return true;
    const handler = context.getHandler();
    const name = this.names.get(handler) ?? handler.name;
    currentMessage()?.reaches({ controller: context.getClass().name, handler: name });
    return true;
  }
}

/**
 * Has the gateways say their names that share a message with another one, or the method for it, as a class with those that
 * extend it.
 *
 * Must be called before the handlers of gateways are made.
 */
export function observeSharedHandlers(modules: ModulesContainer): Undo {
  const handlers = [...methodsOf(modules)].flatMap((one) => {
    if (!Reflect.hasMetadata(MARKS.wsHandler, one.method)) return [];
    return [{ ...one, pattern: Reflect.getMetadata(MARKS.wsPattern, one.method) as unknown }];
  });
  const countOf = new Map<unknown, number>();
  for (const { pattern } of handlers) countOf.set(pattern, (countOf.get(pattern) ?? 0) + 1);
  const shared = handlers.filter(({ pattern }) => (countOf.get(pattern) ?? 0) > 1);
  const types = new Set(shared.map(({ type }) => type));
  return new UndoList(...[...types].map((type) => share(type, 'gateway', () => observe(type, shared)))).undo;
}

function observe(type: ContainerMethod['type'], handlers: readonly ContainerMethod[]): Undo {
  const own = handlers.filter((one) => one.type === type);
  const observer = new GatewayObserver(new Map(own.map(({ method, name }) => [method, name])));
  const guards = (Reflect.getMetadata(MARKS.guards, type) ?? []) as readonly unknown[];
  // A class inherits the guards of the class it extends, which may have this one.
  return mark(type, MARKS.guards, [observer, ...guards.filter((one) => !(one instanceof GatewayObserver))]);
}
