import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { expectInternal, MARKS } from '../nest-internals.js';

/** Class and method that handle a message. */
export interface HandlerName {
  readonly controller: string | null;
  readonly handler: string | null;
}

const UNKNOWN: HandlerName = { controller: null, handler: null };

/** The marks of `@nestjs/microservices` and `@nestjs/websockets` on methods. */
const PATTERNS = { rpc: 'rpcPattern', ws: 'wsPattern' } as const;

/** Finds the methods that handle a pattern: the caller passes only the pattern. */
export class HandlerNames {
  #names: Map<unknown, HandlerName> | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly kind: keyof typeof PATTERNS,
  ) {}

  /** The method for a pattern; nulls where there are several or none. */
  find(pattern: unknown): HandlerName {
    this.#names ??= this.#collect();
    return this.#names.get(pattern) ?? UNKNOWN;
  }

  #collect(): Map<unknown, HandlerName> {
    const names = new Map<unknown, HandlerName>();
    const mark = PATTERNS[this.kind];
    for (const { type, method, name } of methodsOf(this.modules)) {
      const metadata = Reflect.getMetadata(MARKS[mark], method) as unknown;
      if (metadata === undefined) continue;
      for (const pattern of Array.isArray(metadata) ? metadata : [metadata]) {
        const known = names.get(pattern);
        const found = { controller: type.name, handler: name };
        const isSame = known === undefined || (known.controller === type.name && known.handler === name);
        names.set(pattern, isSame ? found : UNKNOWN);
      }
    }
    // Whoever asks has a handler in hand.
    expectInternal(mark, names.size > 0);
    return names;
  }
}

/** A method of a class in the container. */
export interface ContainerMethod {
  readonly type: { readonly name: string };
  readonly method: object;
  readonly name: string;
}

/** Every method of every controller and provider that is made from a class; each class once. */
export function* methodsOf(modules: ModulesContainer): Generator<ContainerMethod> {
  const scanner = new MetadataScanner();
  const seen = new Set<object>();
  for (const { controllers, providers } of modules.values()) {
    for (const { metatype } of [...controllers.values(), ...providers.values()]) {
      if (typeof metatype !== 'function' || seen.has(metatype)) continue;
      seen.add(metatype);
      const prototype = metatype.prototype as Record<string, unknown> | undefined;
      if (prototype === undefined || prototype === null) continue;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const method = prototype[name];
        if (typeof method === 'function') yield { type: metatype, method, name };
      }
    }
  }
}
