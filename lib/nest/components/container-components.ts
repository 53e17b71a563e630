import { Injectable, type InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { type CreateComponent, STANDS_FOR } from '../../config/apply/component-factory.js';
import type { ActiveConfig } from '../../config/apply/dict-configurator.js';
import { type ComponentKind, findComponent } from '../../config/components/component-registry.js';
import { configError } from '../../config/plan/config-plan.js';
import type { ComponentFactory } from '../../config/plan/logging-config.js';
import { type ConfigPlan, type PlannedComponent } from '../../config/plan/planned-config.js';
import { type Handler, isHandler } from '../../core/handler.js';
import { closeHandlers } from '../../core/shutdown.js';
import { isClientToken } from '../../handlers/shipping/brokers/client-options.js';
import { selfOf } from '../../runtime/brand.js';
import { construct } from '../../runtime/construct.js';
import { MARKS } from '../internals/marks.js';
import { keepOpen } from '../lifecycle/active-logging.js';
import { injectedNames } from '../module/injected-names.js';
import { COMPONENT_OPTIONS, componentToken } from '../module/logging.tokens.js';
import { type ContainerModule, createIn, injectFrom, tokensOf } from './container-modules.js';

/** Gives the container the options of the component that is being created. */
@Injectable()
export class ComponentFrame {
  /** The options that `@ComponentOptions()` injects now. */
  options: Readonly<Record<string, unknown>> = {};
}

/** The stand-in, in a plan, for a component that the container has under a token. */
interface FromToken {
  (): never;
  readonly [STANDS_FOR]: InjectionToken;
}

/** One for each token of an application: plans are compared, and equal tokens need equal stand-ins. */
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
    standIn = Object.assign(refuse, { [STANDS_FOR]: token }) satisfies FromToken;
    known.set(token, standIn);
  }
  return standIn;
}

function isProvided(modules: ModulesContainer, token: string): boolean {
  return [...modules.values()].some((module) => module.providers.has(token));
}

/** The components that the container made for a plan. */
export interface ContainerComponents {
  /** Returns the component, for `applyPlan`. */
  readonly create: CreateComponent;
  readonly count: number;
  /** Whether a component is among what was made. */
  makes(component: PlannedComponent): boolean;
  /** Marks the plan as active: it owns the new components from now on. */
  activated(): void;
  /** Closes the new components, as the plan is not applied. Components that the container keeps for others stay open. */
  discard(): void;
}

/** What is needed to create the components of a plan. */
export interface ComponentSurroundings {
  readonly frame: ComponentFrame;
  /** The module whose providers a component may inject. */
  hostOf(path: string): ContainerModule;
  /** The active configuration, if it is to be changed. */
  readonly activeConfig?: ActiveConfig | undefined;
  /** The components that are kept. */
  readonly kept?: { has(component: PlannedComponent): boolean } | undefined;
}

/**
 * Creates the components of a plan that need the container: injectable classes, tokens, and what a test overrode.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every component that could not be made.
 */
export async function createComponents(
  plan: ConfigPlan,
  surroundings: ComponentSurroundings,
): Promise<ContainerComponents> {
  const made = new Map<string, object>();
  const own: Handler[] = [];
  const open = keepOpen();
  const issues: { path: string; message: string }[] = [];
  const causes: unknown[] = [];
  for (const component of [...plan.formatters, ...plan.filters, ...plan.handlers]) {
    if (surroundings.kept?.has(component)) continue;
    try {
      // One after the other: the frame has the options of one component at a time.
      const host = surroundings.hostOf(component.path);
      const provided = await provideComponent(component, host, surroundings.activeConfig);
      // Nest's `instanceDecorator` may have put a proxy in its place.
      const instance = selfOf(provided ?? (await createComponent(component, surroundings.frame, host)));
      if (instance === undefined) continue;
      made.set(component.path, instance);
      if (isHandler(instance)) open.add(instance);
      if (provided === undefined && isHandler(instance)) own.push(instance);
    } catch (error) {
      causes.push(error);
      const issue = { path: component.path, message: describeFailure(component, error) };
      issues.push(plan.origin?.locate(issue) ?? issue);
    }
  }
  const discard = () => {
    open.end();
    void closeHandlers(own);
  };
  if (issues.length > 0) {
    discard();
    throw configError(issues, causes.length === 1 ? causes[0] : new AggregateError(causes));
  }
  return {
    create: (component) => made.get(component.path),
    makes: ({ path }) => made.has(path),
    count: made.size,
    activated: () => open.end(),
    discard,
  };
}

/** What the container has for the component; `undefined` if it is to be made. */
async function provideComponent(
  { kind, name, type }: PlannedComponent,
  host: ContainerModule,
  activeConfig: ActiveConfig | undefined,
): Promise<object | undefined> {
  let token: InjectionToken = componentToken(kind, name);
  if (!isOverridden(host, token)) {
    if (!isFromToken(type)) return undefined;
    token = type[STANDS_FOR];
  }
  const instance = selfOf((await injectFrom(host, token)) as object);
  // The container has a single instance. If the change were refused, it would be closed although it is in use.
  if ([...(activeConfig?.[`${kind}s`].values() ?? [])].includes(instance as Handler))
    throw new TypeError('it is in use, and there is one of it; restart the application to change its entry');
  return instance;
}

async function createComponent(
  component: PlannedComponent,
  frame: ComponentFrame,
  host: ContainerModule,
): Promise<object | undefined> {
  const { level, options, type } = component;
  if (!isInjectable(type)) return createWithProviders(component, host);
  refuseUnaskedOptions(component);
  frame.options = level === undefined ? options : { ...options, level };
  return createIn(host, type as new () => object);
}

/** A component that has providers among its options, such as the `client` of a destination; `undefined` if it has none. */
async function createWithProviders(
  { options, type }: PlannedComponent,
  host: ContainerModule,
): Promise<object | undefined> {
  const { tokenOptions = [] } = type as { readonly tokenOptions?: readonly string[] };
  const named = tokenOptions.filter((key) => isClientToken(options[key]));
  if (named.length === 0) return undefined;
  const given = { ...options };
  for (const key of named) given[key] = await injectFrom(host, options[key] as InjectionToken);
  return construct(type, given) as object;
}

/** Whether somebody, usually a test, replaced our provider. */
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
  return Object.hasOwn(type, STANDS_FOR);
}

/** Whether the container makes the class: it is marked with `@Injectable()`. */
export function isInjectable(type: ComponentFactory): boolean {
  return Reflect.hasMetadata(MARKS.injectable, type);
}

/** Options that nobody reads are a mistake, most often a misspelt key. */
function refuseUnaskedOptions({ type, options }: PlannedComponent): void {
  const [key] = Object.keys(options);
  if (key === undefined || tokensOf(type).includes(COMPONENT_OPTIONS)) return;
  throw new TypeError(`'${key}': ${type.name} takes no options; inject them with @ComponentOptions()`);
}

function describeFailure({ type }: PlannedComponent, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = /can't resolve dependencies/.test(message)
    ? ' (give its module in options.imports of LoggingModule)'
    : '';
  return `${type.name || 'the provider'} could not be made: ${message.split('\n', 1)[0]}${hint}`;
}
