import { Injectable, type InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { CreateComponent } from '../config/component-factory.js';
import { type ComponentKind, findComponent } from '../config/component-registry.js';
import { type ConfigPlan, configError, type PlannedComponent } from '../config/config-plan.js';
import type { StandingConfig } from '../config/dict-configurator.js';
import type { ComponentFactory } from '../config/logging-config.js';
import { type Handler, isHandler } from '../core/handler.js';
import { closeHandlers } from '../core/shutdown.js';
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

/** One for each token of an application: plans are compared, and what stands for the same is the same. */
const standIns = new WeakMap<ModulesContainer, Map<InjectionToken, ComponentFactory>>();

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
    return isToken ? standInFor(modules, value) : undefined;
  };
}

function standInFor(modules: ModulesContainer, token: string | symbol): ComponentFactory {
  const known = standIns.get(modules) ?? new Map<InjectionToken, ComponentFactory>();
  standIns.set(modules, known);
  let standIn = known.get(token);
  if (standIn === undefined) {
    const refuse = () => {
      throw new TypeError(`the provider ${String(token)} can only be used in the application`);
    };
    Object.defineProperty(refuse, 'name', { value: `the provider ${String(token)}` });
    standIn = Object.assign(refuse, { [TOKEN]: token }) satisfies FromToken;
    known.set(token, standIn);
  }
  return standIn;
}

function isProvided(modules: ModulesContainer, token: string): boolean {
  return [...modules.values()].some((module) => module.providers.has(token));
}

/** What was made for a plan by the container. */
export interface ContainerComponents {
  /** Gives it, for `applyPlan`. */
  readonly create: CreateComponent;
  readonly count: number;
  /** Closes it: the plan is not put in force after all. What the container keeps for others stays open. */
  discard(): void;
}

/** What has to be known to make the components of a plan. */
export interface ComponentSurroundings {
  readonly frame: ComponentFrame;
  /** The module whose providers a component may inject. */
  hostOf(path: string): ContainerModule;
  /** What is in force, where that is to be changed. */
  readonly standing?: StandingConfig | undefined;
  /** The components that go on as they are. */
  readonly kept?: { has(component: PlannedComponent): boolean } | undefined;
}

/**
 * Makes those components of a plan that need the container: injectable classes, tokens, and what a test overrode.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every component that could not be made.
 */
export async function createComponents(
  plan: ConfigPlan,
  surroundings: ComponentSurroundings,
): Promise<ContainerComponents> {
  const made = new Map<string, object>();
  const own: Handler[] = [];
  const faults: { path: string; message: string }[] = [];
  const causes: unknown[] = [];
  for (const component of [...plan.formatters, ...plan.filters, ...plan.handlers]) {
    if (surroundings.kept?.has(component)) continue;
    try {
      // One after the other: the frame holds the options of one component at a time.
      const host = surroundings.hostOf(component.path);
      const provided = await provideComponent(component, host, surroundings.standing);
      const instance = provided ?? (await createComponent(component, surroundings.frame, host));
      if (instance === undefined) continue;
      made.set(component.path, instance);
      if (provided === undefined && isHandler(instance)) own.push(instance);
    } catch (error) {
      causes.push(error);
      const fault = { path: component.path, message: describeFailure(component, error) };
      faults.push(plan.origin?.locate(fault) ?? fault);
    }
  }
  const discard = () => void closeHandlers(own);
  if (faults.length > 0) {
    discard();
    throw configError(faults, causes.length === 1 ? causes[0] : new AggregateError(causes));
  }
  return { create: (component) => made.get(component.path), count: made.size, discard };
}

/** What the container has for the component; `undefined` if it is to be made. */
async function provideComponent(
  { kind, name, type }: PlannedComponent,
  host: ContainerModule,
  standing: StandingConfig | undefined,
): Promise<object | undefined> {
  let token: InjectionToken = componentToken(kind, name);
  if (!isOverridden(host, token)) {
    if (!isFromToken(type)) return undefined;
    token = type[TOKEN];
  }
  const instance = (await injectFrom(host, token)) as object;
  // It cannot be had a second time, and would be closed with what it replaces if the change were refused.
  if ([...(standing?.[`${kind}s`].values() ?? [])].includes(instance as Handler))
    throw new TypeError('it is in use, and there is one of it; restart the application to change its entry');
  return instance;
}

async function createComponent(
  component: PlannedComponent,
  frame: ComponentFrame,
  host: ContainerModule,
): Promise<object | undefined> {
  const { level, options, type } = component;
  if (!isInjectable(type)) return undefined;
  refuseUnaskedOptions(component);
  frame.options = level === undefined ? options : { ...options, level };
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
