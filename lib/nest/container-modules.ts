import { Inject, type InjectionToken } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import { LOGGING_DECLARATION } from './logging.tokens.js';
import type { LoggingDeclaration } from './logging-declaration.js';

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

/** Makes an object of a class with what the module can inject; waits for what is still being made. */
export async function createIn<T>(module: ContainerModule, type: new (...args: never[]) => T): Promise<T> {
  const moduleRef = module.getProviderByKey<ModuleRef>(ModuleRef).instance;
  return moduleRef.create(type as new () => T);
}

/** Gets what the module injects for a token; waits for what is still being made. */
export async function injectFrom(module: ContainerModule, token: InjectionToken): Promise<unknown> {
  class Injected {
    constructor(readonly value: unknown) {}
  }
  Inject(token)(Injected, undefined, 0);
  return (await createIn(module, Injected)).value;
}

/** Nest's own marks on classes; the same in every version since 5. */
const PARAMETER_TOKENS = 'self:paramtypes';
const PROPERTY_TOKENS = 'self:properties_metadata';

/** The tokens a class injects with `@Inject` and the like. */
export function tokensOf(type: object): unknown[] {
  const parameters = (Reflect.getMetadata(PARAMETER_TOKENS, type) ?? []) as readonly { param: unknown }[];
  const properties = (Reflect.getMetadata(PROPERTY_TOKENS, type) ?? []) as readonly { type: unknown }[];
  return [...parameters.map(({ param }) => param), ...properties.map(({ type }) => type)];
}
