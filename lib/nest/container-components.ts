import { Injectable, type InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { CreateComponent } from '../config/component-factory.js';
import { type ComponentKind, findComponent } from '../config/component-registry.js';
import { type ConfigPlan, configError, type PlannedComponent } from '../config/config-plan.js';
import type { ComponentFactory } from '../config/logging-config.js';
import { type ContainerModule, createIn, injectFrom, tokensOf } from './container-modules.js';
import { injectedNames } from './injected-names.js';
import { COMPONENT_OPTIONS, componentToken } from './logging.tokens.js';

/** Nest's own mark on classes; the same in every version since 5. */
const INJECTABLE_WATERMARK = '__injectable__';

/** Tells the container the options of the component that is being made. */
@Injectable()
export class ComponentFrame {
  /** The options that `@ComponentOptions()` injects now. */
  options: Readonly<Record<string, unknown>> = {};
}

/** The token, on the function that stands in a plan for a component that the container has. */
const TOKEN = Symbol('token');

/** What stands in a plan for a component that the container has under a token. */
interface FromToken {
  (): never;
  readonly [TOKEN]: InjectionToken;
}

/**
 * Lets a configuration name injection tokens where it names classes.
 *
 * @returns For `planConfig`: a stand-in for symbols, and for strings that no class is registered under but that
 * a module provides.
 */
export function tokenResolver(
  modules: ModulesContainer,
): (value: unknown, kind: ComponentKind) => ComponentFactory | undefined {
  return (value, kind) => {
    const isToken =
      typeof value === 'symbol' ||
      (typeof value === 'string' && findComponent(kind, value) === undefined && isProvided(modules, value));
    if (!isToken) return undefined;
    const standIn = () => {
      throw new TypeError(`the provider ${String(value)} can only be used in the application`);
    };
    return Object.assign(standIn, { [TOKEN]: value }) satisfies FromToken;
  };
}

function isProvided(modules: ModulesContainer, token: string): boolean {
  return [...modules.values()].some((module) => module.providers.has(token));
}

/**
 * Makes those components of a plan that need the container: injectable classes, tokens, and what a test overrode.
 *
 * @param hostOf The module whose providers a component may inject.
 * @returns For `applyPlan`.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every component that could not be made.
 */
export async function createComponents(
  plan: ConfigPlan,
  frame: ComponentFrame,
  hostOf: (path: string) => ContainerModule,
): Promise<{ create: CreateComponent; count: number }> {
  const made = new Map<string, object>();
  const faults: { path: string; message: string }[] = [];
  const causes: unknown[] = [];
  for (const component of [...plan.formatters, ...plan.filters, ...plan.handlers]) {
    try {
      // One after the other: the frame holds the options of one component at a time.
      const instance = await createComponent(component, frame, hostOf(component.path));
      if (instance !== undefined) made.set(component.path, instance);
    } catch (error) {
      causes.push(error);
      faults.push({ path: component.path, message: describeFailure(component, error) });
    }
  }
  if (faults.length > 0)
    throw configError(faults, causes.length === 1 ? causes[0] : new AggregateError(causes));
  return { create: (component) => made.get(component.path), count: made.size };
}

async function createComponent(
  component: PlannedComponent,
  frame: ComponentFrame,
  host: ContainerModule,
): Promise<object | undefined> {
  const { kind, name, type } = component;
  const token = componentToken(kind, name);
  if (isOverridden(host, token)) return (await injectFrom(host, token)) as object;
  if (isFromToken(type)) return (await injectFrom(host, type[TOKEN])) as object;
  if (!isInjectable(type)) return undefined;
  refuseUnaskedOptions(component);
  frame.options =
    component.level === undefined ? component.options : { ...component.options, level: component.level };
  return createIn(host, type as new () => object);
}

/** Whether somebody, by habit a test, put another provider in the place of ours. */
function isOverridden(host: ContainerModule, token: symbol): boolean {
  const wrapper = host.providers.get(token);
  const ours = injectedNames.components.providers.find(({ provide }) => provide === token);
  return (
    wrapper !== undefined &&
    ours !== undefined &&
    'useFactory' in ours &&
    wrapper.metatype !== ours.useFactory
  );
}

function isFromToken(type: ComponentFactory): type is FromToken & ComponentFactory {
  return Object.hasOwn(type, TOKEN);
}

/** Whether the container makes the class: it is marked with `@Injectable()`. */
export function isInjectable(type: ComponentFactory): boolean {
  return Reflect.hasMetadata(INJECTABLE_WATERMARK, type);
}

/** Options that nobody reads are a mistake, most often a misspelt key. */
function refuseUnaskedOptions({ type, options }: PlannedComponent): void {
  const [key] = Object.keys(options);
  if (key === undefined || tokensOf(type).includes(COMPONENT_OPTIONS)) return;
  throw new TypeError(`'${key}': ${type.name} asks for no options; inject them with @ComponentOptions()`);
}

function describeFailure({ type }: PlannedComponent, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = /can't resolve dependencies/.test(message)
    ? ' (give its module in options.imports of LoggingModule)'
    : '';
  return `${type.name || 'the provider'} could not be made: ${message.split('\n', 1)[0]}${hint}`;
}
