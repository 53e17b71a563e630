import type { ModulesContainer } from '@nestjs/core';
import { planConfig } from '../config/config-plan.js';
import type { LoggingConfig } from '../config/logging-config.js';
import { LoggingError } from '../core/errors.js';
import { NullHandler } from '../handlers/null.handler.js';
import { checkComponentCycles, checkConfigCycles } from './component-cycles.js';
import {
  type ComponentFrame,
  createComponents,
  isInjectable,
  tokenResolver,
} from './container-components.js';
import {
  type ContainerModule,
  type DeclaredModule,
  findDeclarations,
  injectFrom,
} from './container-modules.js';
import { defaultLoggingConfig } from './default-config.js';
import { checkInjectedComponents } from './injected-components.js';
import { growFor, standFor } from './live-logging.js';
import { LOGGING_CONFIG } from './logging.tokens.js';
import type { LoggingDeclaration, RootDeclaration } from './logging-declaration.js';
import { type ResolvedLoggingOptions, resolveOptions } from './logging-options.js';
import { type MergedConfig, mergeFeatures } from './merge-features.js';
import { StandingLogging, type StandingState } from './standing-logging.js';

/** What an application declared, from all its modules. */
export interface Declared {
  /** The `forRoot` that counts; `undefined` if there are only features. */
  readonly root: (DeclaredModule & { readonly declaration: RootDeclaration }) | undefined;
  readonly features: readonly DeclaredModule[];
  readonly options: ResolvedLoggingOptions;
}

/**
 * Reads what an application declared.
 *
 * A `forRoot()` with nothing gives way to one with a configuration, wherever either is imported.
 *
 * @throws {LoggingError} `ERR_LOGGING_NEST` for two different configurations in one application.
 */
export function readDeclared(modules: ModulesContainer): Declared {
  const all = findDeclarations(modules);
  const roots = all.filter((one): one is NonNullable<Declared['root']> => one.declaration.kind === 'root');
  const given = roots.filter(({ declaration }) => declaration.isAsync || declaration.config !== undefined);
  const others = given.filter(
    ({ declaration }) => declaration.isAsync || declaration.config !== given[0]?.declaration.config,
  );
  if (given.length > 1 && others.length > (given[0]?.declaration.isAsync ? 1 : 0)) {
    throw new LoggingError(
      'ERR_LOGGING_NEST',
      'LoggingModule.forRoot: two configurations in one application; keep one, and add to it with LoggingModule.forFeature',
    );
  }
  const root = given[0] ?? roots[0];
  const features = all.filter(({ declaration }) => declaration.kind === 'feature');
  return { root, features, options: root?.declaration.options ?? resolveOptions({}) };
}

/**
 * Works out an application's configuration, makes what needs the container, and puts it in force.
 *
 * @param modules The application's modules; they stand for it until it is closed.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; the configuration that was in force still is.
 */
export async function standUp(modules: ModulesContainer, frame: ComponentFrame): Promise<StandingLogging> {
  const { root, features } = readDeclared(modules);
  checkConfigCycles(modules);
  const given = (root === undefined ? undefined : await injectFrom(root.module, LOGGING_CONFIG)) as
    | LoggingConfig
    | undefined;
  const merged = withDefaults(given, features);
  const plan = planConfig(merged.config, { resolve: tokenResolver(modules) });
  checkInjectedComponents(modules, plan);
  checkComponentCycles(modules, plan);
  const home = (root ?? (features[0] as DeclaredModule)).module;
  const { create, count } = await createComponents(plan, frame, (path) => hostOf(path, merged, home));
  const standing = standFor(modules, { config: merged.config, plan, create, count });
  const declarations = new Set(features.map(({ declaration }) => declaration));
  return new StandingLogging({ standing, config: merged.config, given, declarations });
}

/**
 * Adds what a feature module that was loaded later declares; does nothing for one that the configuration has already.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; the configuration in force is then as before.
 */
export async function join(
  logging: StandingLogging,
  declaration: LoggingDeclaration,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<StandingLogging> {
  if (!logging.state.declarations.has(declaration)) {
    await logging.change((state) => grow(state, declaration, modules, frame));
  }
  return logging;
}

async function grow(
  state: StandingState,
  declaration: LoggingDeclaration,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<StandingState> {
  const declarations = new Set([...state.declarations, declaration]);
  const { root, features } = readDeclared(modules);
  const merged = withDefaults(
    state.given,
    features.filter((feature) => declarations.has(feature.declaration)),
  );
  const plan = planConfig(merged.config, { resolve: tokenResolver(modules) });
  checkInjectedComponents(modules, plan);
  checkComponentCycles(modules, plan);
  const isNew = ({ path }: { path: string }) => merged.origins.get(path)?.declaration === declaration;
  const { formatters, filters, handlers } = plan;
  const added = {
    ...plan,
    formatters: formatters.filter(isNew),
    filters: filters.filter(isNew),
    handlers: handlers.filter(isNew),
  };
  const home = (root ?? (features[0] as DeclaredModule)).module;
  const { create, count } = await createComponents(added, frame, (path) => hostOf(path, merged, home));
  const standing = growFor(modules, {
    config: merged.config,
    plan,
    // What stands goes on, whoever made it.
    create: (component, options) =>
      isNew(component)
        ? create(component, options)
        : state.standing[`${component.kind}s`].get(component.name),
    count,
    grownFrom: state.config,
  });
  return standing === undefined ? state : { ...state, standing, config: merged.config, declarations };
}

function hostOf(path: string, merged: MergedConfig, home: ContainerModule): ContainerModule {
  return merged.origins.get(path)?.module ?? home;
}

/**
 * Puts as much of a configuration in force as can be had without the container: the application has failed to start,
 * and what it logged is to be seen where it would have been.
 *
 * @returns Whether any handler of the configuration could be put in force.
 */
export function standUpWithoutContainer(
  application: object,
  declarations: readonly LoggingDeclaration[],
): boolean {
  const root = declarations.find((one) => one.kind === 'root' && one.config !== undefined) ?? declarations[0];
  if (root === undefined || root.kind !== 'root' || root.isAsync) return false;
  try {
    const { config } = withDefaults(root.config, []);
    const plan = planConfig(config, {
      resolve: (value) => (typeof value === 'symbol' ? () => new NullHandler() : undefined),
    });
    const absent = new Set(plan.handlers.filter(({ type }) => isInjectable(type)).map(({ path }) => path));
    const create = ({ path }: { path: string }) => (absent.has(path) ? new NullHandler() : undefined);
    standFor(application, { config, plan, create, count: absent.size });
    return plan.handlers.length > absent.size;
  } catch {
    return false;
  }
}

/**
 * The configuration that is applied.
 *
 * Differs from Python: existing loggers stay enabled unless `disable_existing_loggers` says otherwise, since what is
 * injected exists before any configuration stands.
 */
function withDefaults(given: LoggingConfig | undefined, features: readonly DeclaredModule[]): MergedConfig {
  return mergeFeatures({ disable_existing_loggers: false, ...(given ?? defaultLoggingConfig()) }, features);
}
