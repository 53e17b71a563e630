import { isDeepStrictEqual } from 'node:util';
import type { ModulesContainer } from '@nestjs/core';
import { followConfig } from '../config/config-follower.js';
import { planConfig } from '../config/config-plan.js';
import { isPlainObject } from '../config/converters.js';
import { applyPlan } from '../config/dict-configurator.js';
import type { LoggingConfig } from '../config/logging-config.js';
import { LoggingError } from '../core/errors.js';
import { NullHandler } from '../handlers/null.handler.js';
import { prepare, putTogether, readDeclared } from './application-config.js';
import { checkConfigCycles } from './component-cycles.js';
import { type ComponentFrame, isInjectable } from './container-components.js';
import { injectFrom } from './container-modules.js';
import { changeFor, followFor, standFor } from './live-logging.js';
import { LOGGING_CONFIG } from './logging.tokens.js';
import type { LoggingDeclaration } from './logging-declaration.js';
import { StandingLogging, type StandingState } from './standing-logging.js';

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
  if (!isPlainObject(given) || given.incremental) {
    // Levels alone, and what feature modules declared stands as it is; or a file that holds no configuration.
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
  const ready = await prepare(state, modules, frame, { plan: from, standing });
  let isChanged = false;
  try {
    isChanged = changeFor(modules, { ...ready, from });
  } finally {
    if (!isChanged) ready.discard();
  }
  return isChanged ? { ...state, config: ready.config } : undefined;
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
