import type { ModulesContainer } from '@nestjs/core';
import type { ConfigPlan } from '../../config/plan/planned-config.js';
import { LoggingError } from '../../core/errors.js';
import { suggestion } from '../../core/suggestion.js';
import { MARKS } from '../internals/marks.js';
import { ACTIVE_LOGGING, LOGGING_CONFIG, parseComponentToken } from '../module/logging.tokens.js';
import { isInjectable } from './container-components.js';
import { type ContainerModule, requiredTokensOf, tokensOf } from './container-modules.js';

type Wrapper = ContainerModule['providers'] extends Map<unknown, infer W> ? W : never;

/**
 * Refuses handlers, formatters and filters that need a service which injects a handler, formatter or filter itself:
 * they would wait for each other for ever.
 *
 * @throws {LoggingError} `ERR_LOGGING_NEST` that names the circle.
 */
export function checkComponentCycles(modules: ModulesContainer, plan: ConfigPlan): void {
  const search = new Search(modules);
  for (const { type, path } of [...plan.formatters, ...plan.filters, ...plan.handlers]) {
    if (isInjectable(type)) search.refuse([path, type.name], dependenciesOf({ metatype: type }));
  }
}

/** The same check for the source of the configuration: `useFactory`, `useClass`, `useExisting`. */
export function checkConfigCycles(modules: ModulesContainer): void {
  new Search(modules).refuse(['the configuration'], [LOGGING_CONFIG]);
}

class Search {
  readonly #seen = new Set<unknown>();

  constructor(private readonly modules: ModulesContainer) {}

  refuse(way: readonly string[], tokens: readonly unknown[]): void {
    for (const token of tokens) {
      const component = parseComponentToken(token);
      if (component !== undefined || token === ACTIVE_LOGGING) {
        const end =
          component === undefined ? 'the configuration' : `the ${component.kind} "${component.name}"`;
        throw new LoggingError(
          'ERR_LOGGING_NEST',
          `${[...way, end].join(' → ')}: what a configuration needs cannot inject a component of it; use getHandlerByName() when it is first needed`,
        );
      }
      if (token === undefined || this.#seen.has(token)) continue;
      this.#seen.add(token);
      for (const wrapper of this.#providersOf(token)) {
        this.refuse(token === LOGGING_CONFIG ? way : [...way, nameOf(token)], dependenciesOf(wrapper));
      }
    }
  }

  /** From any module: it is rare that several modules provide different things under one token. */
  *#providersOf(token: unknown): Generator<Wrapper> {
    for (const { providers } of this.modules.values()) {
      const wrapper = providers.get(token as never);
      if (wrapper !== undefined) yield wrapper;
    }
  }
}

/** The tokens that are injected into a provider. */
function dependenciesOf({ metatype, inject }: { metatype?: unknown; inject?: unknown }): unknown[] {
  if (Array.isArray(inject)) return inject.map(plainToken);
  if (typeof metatype !== 'function') return [];
  const types = (Reflect.getMetadata(MARKS.parameterTypes, metatype) ?? []) as readonly unknown[];
  return [...types.filter((type) => type !== Object), ...tokensOf(metatype)].map(plainToken);
}

/** Tokens may be given as `{ token, optional }` and as `forwardRef(() => token)`. */
function plainToken(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const { token, forwardRef } = given as { token?: unknown; forwardRef?: () => unknown };
  return typeof forwardRef === 'function' ? forwardRef() : token;
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}

/**
 * Refuses a provider that injects a handler, formatter or filter that the configuration does not have: it would get
 * `undefined`. One that says that this is optional gets that.
 *
 * @throws {LoggingError} `ERR_LOGGING_NEST`
 */
export function checkInjectedComponents(modules: ModulesContainer, plan: ConfigPlan): void {
  for (const module of modules.values()) {
    for (const collection of [module.providers, module.controllers, module.injectables]) {
      for (const { metatype, inject, name } of collection.values()) {
        const tokens = inject?.filter((given) => !isOptional(given)) ?? requiredTokens(metatype);
        for (const token of tokens) checkToken(plainToken(token), String(name), plan);
      }
    }
  }
}

function requiredTokens(metatype: unknown): unknown[] {
  return typeof metatype === 'function' ? requiredTokensOf(metatype) : [];
}

function isOptional(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'optional' in given && given.optional === true;
}

function checkToken(token: unknown, consumer: string, plan: ConfigPlan): void {
  const component = parseComponentToken(token);
  if (component === undefined) return;
  const { kind, name } = component;
  const known = plan[`${kind}s`].map((planned) => planned.name);
  if (known.includes(name)) return;
  throw new LoggingError(
    'ERR_LOGGING_NEST',
    `${consumer} injects the ${kind} "${name}", which the configuration does not have${suggestion(name, known)}`,
  );
}
