import { isDeepStrictEqual } from 'node:util';
import type { ModulesContainer } from '@nestjs/core';
import { findReusable } from '../config/component-reuse.js';
import { followConfig } from '../config/config-follower.js';
import { type ConfigPlan, planConfig } from '../config/config-plan.js';
import { applyPlan, type StandingConfig } from '../config/dict-configurator.js';
import { applyEnvironment } from '../config/environment-levels.js';
import type { LoggingConfig } from '../config/logging-config.js';
import { LoggingError } from '../core/errors.js';
import { NullHandler } from '../handlers/null.handler.js';
import { checkComponentCycles, checkConfigCycles } from './component-cycles.js';
import {
  type ComponentFrame,
  type ContainerComponents,
  createComponents,
  isInjectable,
  tokenResolver,
} from './container-components.js';
import { type DeclaredModule, findDeclarations, injectFrom } from './container-modules.js';
import { defaultLoggingConfig } from './default-config.js';
import { checkInjectedComponents } from './injected-components.js';
import { changeFor, followFor, type ReadyConfig, standFor } from './live-logging.js';
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
 * Works out an application's configuration, makes what needs the container, and puts it in force; follows its files
 * from then on, if it came from files that are to be followed.
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
  const declarations = new Set(features.map(({ declaration }) => declaration));
  const ready = await prepare({ given, declarations }, modules, frame);
  const inForce = standFor(modules, ready);
  const logging = new StandingLogging({ inForce, config: ready.config, given, declarations });
  followFor(modules, () =>
    followConfig(logging.state.config, (changed) =>
      logging.change((state) => reload(state, changed as LoggingConfig, modules, frame)),
    ),
  );
  return logging;
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
    await logging.change(async (state) => {
      // Another application shares what is in force, and has changed it.
      if (!isDeepStrictEqual(state.inForce.config, state.config)) return state;
      const declarations = new Set([...state.declarations, declaration]);
      return (await change({ ...state, declarations }, modules, frame)) ?? state;
    });
  }
  return logging;
}

/** Puts in force what a configuration's files say now, with what feature modules declared. */
async function reload(
  state: StandingState,
  given: LoggingConfig,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<StandingState> {
  if (given.incremental) {
    // Levels alone; what feature modules declared stands as it is.
    applyPlan(planConfig(given));
    return state;
  }
  const changed = await change({ ...state, given }, modules, frame);
  if (changed === undefined) {
    throw new LoggingError('ERR_LOGGING_NEST', 'another configuration was put in force meanwhile');
  }
  return changed;
}

/** Brings what is in force to a new state; `undefined` if something else is in force by then. */
async function change(
  state: StandingState,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<StandingState | undefined> {
  const { plan: from, standing } = state.inForce;
  const ready = await prepare(state, modules, frame, { from, standing });
  let isChanged = false;
  try {
    isChanged = changeFor(modules, { ...ready, from });
  } finally {
    if (!isChanged) ready.discard();
  }
  return isChanged ? { ...state, config: ready.config } : undefined;
}

/** Plans an application's configuration and makes what needs the container; of a change, only what is new. */
async function prepare(
  { given, declarations }: Pick<StandingState, 'given' | 'declarations'>,
  modules: ModulesContainer,
  frame: ComponentFrame,
  before?: { readonly from: ConfigPlan; readonly standing: StandingConfig },
): Promise<ReadyConfig & ContainerComponents> {
  const { root, features, options } = readDeclared(modules);
  const counting = features.filter(({ declaration }) => declarations.has(declaration));
  const { config, origins } = putTogether(given, counting, options);
  const plan = planConfig(config, { resolve: tokenResolver(modules) });
  checkInjectedComponents(modules, plan);
  checkComponentCycles(modules, plan);
  const home = (root ?? (features[0] as DeclaredModule)).module;
  const components = await createComponents(plan, {
    frame,
    hostOf: (path) => origins.get(path)?.module ?? home,
    standing: before?.standing,
    kept: before && findReusable(plan, before.from),
  });
  return { config, plan, ...components };
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
    const { config } = putTogether(root.config, [], root.options);
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
function putTogether(
  given: LoggingConfig | undefined,
  features: readonly DeclaredModule[],
  { env }: ResolvedLoggingOptions,
): MergedConfig {
  const root = { disable_existing_loggers: false, ...(given ?? defaultLoggingConfig()) };
  const { config, origins } = mergeFeatures(root, features);
  if (env === false) return { config, origins };
  return { config: applyEnvironment(config, env === true ? process.env : env), origins };
}
