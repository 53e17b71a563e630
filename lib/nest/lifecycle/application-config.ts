import type { ModulesContainer } from '@nestjs/core';
import { findReusable } from '../../config/apply/component-reuse.js';
import type { ActiveConfig } from '../../config/apply/dict-configurator.js';
import { configError, planConfig } from '../../config/plan/config-plan.js';
import { applyEnvironment } from '../../config/plan/environment-levels.js';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import type { ConfigPlan } from '../../config/plan/planned-config.js';
import { originOf } from '../../config/read/config-origin.js';
import { LoggingError } from '../../core/errors.js';
import type { OptionIssue } from '../../core/options.js';
import {
  type ComponentFrame,
  type ContainerComponents,
  createComponents,
  tokenResolver,
} from '../components/container-components.js';
import { type DeclaredModule, findDeclarations } from '../components/container-modules.js';
import { checkComponentCycles, checkInjectedComponents } from '../components/injection-checks.js';
import { defaultLoggingConfig } from '../module/default-config.js';
import type { RootDeclaration } from '../module/logging-declaration.js';
import { type ResolvedLoggingOptions, resolveOptions } from '../module/logging-options.js';
import type { ReadyConfig } from './active-logging.js';
import type { ActiveState } from './active-logging.provider.js';

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
 * Plans an application's configuration and makes what needs the container.
 *
 * @param parts What `forRoot` was given, and the features that count.
 * @param before The active configuration, if it is to be changed: then only new components are created.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; nothing that was made for it is left open.
 * @throws {LoggingError} `ERR_LOGGING_NEST`
 */
export async function prepare(
  parts: Pick<ActiveState, 'given' | 'declarations' | 'options'>,
  modules: ModulesContainer,
  frame: ComponentFrame,
  before?: { readonly plan: ConfigPlan; readonly activeConfig: ActiveConfig },
): Promise<ReadyConfig & ContainerComponents> {
  const { given, declarations, options } = parts;
  const { root, features } = readDeclared(modules);
  const counting = features.filter(({ declaration }) => declarations.has(declaration));
  const { config, origins } = putTogether(given, counting, options);
  const plan = planConfig(config, { resolve: tokenResolver(modules) });
  checkInjectedComponents(modules, plan);
  checkComponentCycles(modules, plan);
  const home = (root ?? (features[0] as DeclaredModule)).module;
  const components = await createComponents(plan, {
    frame,
    hostOf: (path) => origins.get(path)?.module ?? home,
    activeConfig: before?.activeConfig,
    kept: before && findReusable(plan, before.plan),
  });
  const isDefault = given === undefined && counting.length === 0;
  return { config, plan, isDefault, ...components };
}

/**
 * The configuration that is applied.
 *
 * Differs from Python: existing loggers stay enabled unless `disable_existing_loggers` is set, because
 * injected loggers exist before any configuration is active.
 */
export function putTogether(
  given: LoggingConfig | undefined,
  features: readonly DeclaredModule[],
  { env }: ResolvedLoggingOptions,
): MergedConfig {
  const root = { disable_existing_loggers: false, ...(given ?? defaultLoggingConfig()) };
  const { config, origins } = mergeFeatures(root, features);
  if (env === false) return { config, origins };
  return { config: applyEnvironment(config, env === true ? process.env : env), origins };
}

const SECTIONS = ['formatters', 'filters', 'handlers', 'loggers'] as const;

/** A configuration put together from several modules. */
interface MergedConfig {
  readonly config: LoggingConfig;
  /** Which feature module an entry came from, by path (`handlers.audit`). */
  readonly origins: ReadonlyMap<string, DeclaredModule>;
}

/**
 * Adds to the configuration of `forRoot` what feature modules declared.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` where two of them define the same entry.
 */
function mergeFeatures(root: LoggingConfig, features: readonly DeclaredModule[]): MergedConfig {
  const origins = new Map<string, DeclaredModule>();
  if (features.length === 0) return { config: root, origins };
  const config: LoggingConfig = { ...root };
  const issues: OptionIssue[] = [];
  for (const section of SECTIONS) {
    const entries = new Map<string, unknown>(Object.entries(root[section] ?? {}));
    for (const { feature, name, entry } of entriesOf(features, section)) {
      const path = `${section}.${name}`;
      if (entries.has(name)) {
        const other = origins.has(path) ? 'another forFeature' : 'forRoot';
        issues.push({ path, message: `defined by forFeature and by ${other}; rename one of them` });
        continue;
      }
      entries.set(name, entry);
      origins.set(path, feature);
    }
    if (entries.size > 0) config[section] = Object.fromEntries(entries) as never;
  }
  const origin = originOf(root);
  if (issues.length > 0) throw configError(issues.map((issue) => origin?.locate(issue) ?? issue));
  return { config, origins };
}

function entriesOf(features: readonly DeclaredModule[], section: (typeof SECTIONS)[number]) {
  return features.flatMap((feature) => {
    const { declaration } = feature;
    const entries = declaration.kind === 'feature' ? Object.entries(declaration.feature[section] ?? {}) : [];
    return entries.map(([name, entry]) => ({ feature, name, entry }));
  });
}
