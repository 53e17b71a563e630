import { isDeepStrictEqual } from 'node:util';
import type { ModulesContainer } from '@nestjs/core';
import { followConfig } from '../../config/apply/config-follower.js';
import { applyPlan } from '../../config/apply/dict-configurator.js';
import { planConfig } from '../../config/plan/config-plan.js';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import { installContextDefaults } from '../../context/context-provider.js';
import { LoggingError } from '../../core/errors.js';
import { NullHandler } from '../../handlers/null.handler.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { type ComponentFrame, isInjectable } from '../components/container-components.js';
import { injectFrom } from '../components/container-modules.js';
import { checkConfigCycles } from '../components/injection-checks.js';
import { loadingOf } from '../internals/nest-modules.js';
import { LOGGING_CONFIG } from '../module/logging.tokens.js';
import type { LoggingDeclaration } from '../module/logging-declaration.js';
import { type ProvidedLogging, splitProvided } from '../module/logging-options.js';
import { type ActiveConfiguration, activateFor, changeFor, followFor } from './active-logging.js';
import { ActiveLogging, type ActiveState } from './active-logging.provider.js';
import { prepare, putTogether, readDeclared } from './application-config.js';

/**
 * Determines an application's configuration, creates what needs the container, and applies it; follows its files
 * from then on, if it came from files that are to be followed.
 *
 * @param modules The application's modules; they represent it until it is closed.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; the active configuration stays.
 */
export async function activateLogging(
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<ActiveLogging> {
  // The buffer is written as soon as the configuration is applied, and text formats may name context fields.
  installContextDefaults();
  const { root, features, options: declared } = readDeclared(modules);
  checkConfigCycles(modules);
  const provided = root === undefined ? undefined : await injectFrom(root.module, LOGGING_CONFIG);
  // Nest gives `null` for what it could not make. That must not be taken for the default configuration.
  if (root?.declaration.isAsync && (provided === undefined || provided === null))
    await refuseFailed(root.module.getProviderByKey(LOGGING_CONFIG));
  const { config: given, options } = root?.declaration.isAsync
    ? splitProvided(provided as ProvidedLogging, declared)
    : { config: provided as LoggingConfig | undefined, options: declared };
  const declarations = new Set(features.map(({ declaration }) => declaration));
  const ready = await prepare({ given, declarations, options }, modules, frame);
  let configuration: ActiveConfiguration;
  try {
    configuration = activateFor(modules, ready);
  } finally {
    ready.activated();
  }
  const logging = new ActiveLogging({ configuration, config: ready.config, given, declarations, options });
  followFor(modules, () =>
    followConfig(logging.state.config, (changed) =>
      logging.change((state) => reload(state, changed as LoggingConfig, modules, frame)),
    ),
  );
  return logging;
}

/** @throws What a provider threw when Nest made it. */
async function refuseFailed(provider: object): Promise<void> {
  const error = await loadingOf(provider);
  if (error !== undefined) throw error;
}

/**
 * Adds what a feature module that was loaded later declares; does nothing for one that the configuration has already.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; the active configuration is then unchanged.
 */
export async function addFeature(
  logging: ActiveLogging,
  declaration: LoggingDeclaration,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<ActiveLogging> {
  if (!logging.state.declarations.has(declaration)) {
    await logging.change(async (state) => {
      // Another application shares the active configuration, and has changed it.
      if (!isDeepStrictEqual(state.configuration.config, state.config)) return state;
      const declarations = new Set([...state.declarations, declaration]);
      return (await change({ ...state, declarations }, modules, frame)) ?? state;
    });
  }
  return logging;
}

/** Applies the current content of a configuration's files, with what feature modules declared. */
async function reload(
  state: ActiveState,
  given: LoggingConfig,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<ActiveState> {
  // What a file has of options counts at the start only.
  const { config } = splitProvided(given, state.options);
  if (!isPlainObject(config) || config.incremental) {
    // An incremental configuration sets levels alone, and what feature modules declared stays; or the file has no
    // configuration.
    applyPlan(planConfig(config as LoggingConfig));
    return state;
  }
  const changed = await change({ ...state, given: config as LoggingConfig }, modules, frame);
  if (changed === undefined) {
    throw new LoggingError('ERR_LOGGING_NEST', 'another configuration was applied meanwhile');
  }
  return changed;
}

/** Changes the active configuration; `undefined` if another one is active by then. */
async function change(
  state: ActiveState,
  modules: ModulesContainer,
  frame: ComponentFrame,
): Promise<ActiveState | undefined> {
  const { plan: from, activeConfig } = state.configuration;
  const ready = await prepare(state, modules, frame, { plan: from, activeConfig });
  let isChanged = false;
  try {
    isChanged = changeFor(modules, { ...ready, from });
  } finally {
    if (isChanged) ready.activated();
    else ready.discard();
  }
  return isChanged ? { ...state, config: ready.config } : undefined;
}

/**
 * Applies as much of a configuration as is possible without the container: the application failed to start, and its
 * records should still reach the configured handlers.
 *
 * @returns Whether any handler of the configuration could be activated.
 */
export function activateWithoutContainer(
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
    const makes = ({ path }: { path: string }) => absent.has(path);
    const create = (component: { path: string }) => (makes(component) ? new NullHandler() : undefined);
    const isDefault = root.config === undefined;
    activateFor(application, { config, plan, create, makes, count: absent.size, isDefault });
    return plan.handlers.length > absent.size;
  } catch {
    return false;
  }
}
