import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { expectInternal } from '../internals/expected-internals.js';
import { MARKS } from '../internals/marks.js';

/** Class and method that handle a message. */
export interface HandlerName {
  readonly controller: string | null;
  readonly handler: string | null;
}

const UNKNOWN: HandlerName = { controller: null, handler: null };

/** The marks of `@nestjs/microservices` and `@nestjs/websockets` on methods. */
const PATTERNS = { rpc: 'rpcPattern', ws: 'wsPattern' } as const;

/** A method that handles a pattern. */
interface KnownHandler extends HandlerName {
  /** The transport, if it handles the pattern only for one. */
  readonly transport: unknown;
}

/** Finds the methods that handle a pattern: the caller passes only the pattern. */
export class HandlerNames {
  #handlers: Map<unknown, KnownHandler[]> | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly kind: keyof typeof PATTERNS,
  ) {}

  /**
   * The method for a pattern; nulls where there are several or none.
   *
   * @param transport The transport that the pattern comes by; any if it has no id.
   */
  find(pattern: unknown, transport?: unknown): HandlerName {
    this.#handlers ??= this.#collect();
    const all = this.#handlers.get(pattern) ?? [];
    // Nest's own rule for what a transport gets.
    const [found, ...others] = all.filter(
      (one) => one.transport === undefined || transport === undefined || one.transport === transport,
    );
    if (found === undefined) return UNKNOWN;
    const { controller, handler } = found;
    const isOne = others.every((one) => one.controller === controller && one.handler === handler);
    return isOne ? { controller, handler } : UNKNOWN;
  }

  #collect(): Map<unknown, KnownHandler[]> {
    const handlers = new Map<unknown, KnownHandler[]>();
    const mark = PATTERNS[this.kind];
    for (const { type, method, name } of methodsOf(this.modules)) {
      const metadata = Reflect.getMetadata(MARKS[mark], method) as unknown;
      if (metadata === undefined) continue;
      const transport = Reflect.getMetadata(MARKS.rpcTransport, method) as unknown;
      const handler = { controller: type.name, handler: name, transport };
      for (const pattern of new Set(Array.isArray(metadata) ? metadata : [metadata])) {
        handlers.set(pattern, [...(handlers.get(pattern) ?? []), handler]);
      }
    }
    // Whoever asks has a handler in hand.
    expectInternal(mark, handlers.size > 0);
    return handlers;
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
