import { Inject, type InjectionToken } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import { MARKS } from '../internals/marks.js';
import { LOGGING_DECLARATION } from '../module/logging.tokens.js';
import type { LoggingDeclaration } from '../module/logging-declaration.js';

/** A module as Nest's container keeps it. */
export type ContainerModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** A `forRoot` or `forFeature` that is part of an application. */
export interface DeclaredModule {
  readonly module: ContainerModule;
  readonly declaration: LoggingDeclaration;
}

/** Every `forRoot` and `forFeature` of an application, in the order Nest met them. */
export function findDeclarations(modules: ModulesContainer): DeclaredModule[] {
  return [...modules.values()].flatMap((module) => {
    const wrapper = module.providers.get(LOGGING_DECLARATION);
    return wrapper === undefined ? [] : [{ module, declaration: wrapper.instance as LoggingDeclaration }];
  });
}

/** Creates an object of a class with what the module can inject; waits for providers that are still being created. */
export async function createIn<T>(module: ContainerModule, type: new (...args: never[]) => T): Promise<T> {
  const moduleRef = module.getProviderByKey<ModuleRef>(ModuleRef).instance;
  return moduleRef.create(type as new () => T);
}

/** Gets what the module injects for a token; waits for providers that are still being created. */
export async function injectFrom(module: ContainerModule, token: InjectionToken): Promise<unknown> {
  class Injected {
    constructor(readonly value: unknown) {}
  }
  Inject(token)(Injected, undefined, 0);
  return (await createIn(module, Injected)).value;
}

/** The tokens a class injects with `@Inject` and the like. */
export function tokensOf(type: object): unknown[] {
  return injections(type).map(({ token }) => token);
}

/** The same, without those that are marked with `@Optional()`: they may be `undefined`. */
export function requiredTokensOf(type: object): unknown[] {
  return injections(type).flatMap(({ token, isOptional }) => (isOptional ? [] : [token]));
}

function injections(type: object): { readonly token: unknown; readonly isOptional: boolean }[] {
  const marks = <T>(mark: string) => (Reflect.getMetadata(mark, type) ?? []) as readonly T[];
  const parameters = marks<{ index: number; param: unknown }>(MARKS.parameterTokens);
  const properties = marks<{ key: PropertyKey; type: unknown }>(MARKS.propertyTokens);
  const [indices, keys] = [marks<number>(MARKS.optionalParameters), marks(MARKS.optionalProperties)];
  return [
    ...parameters.map(({ index, param }) => ({ token: param, isOptional: indices.includes(index) })),
    ...properties.map(({ key, type }) => ({ token: type, isOptional: keys.includes(key) })),
  ];
}
