import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configError, LoggingConfigError, planConfig } from '../config/plan/config-plan.js';
import type { LoggingConfig } from '../config/plan/logging-config.js';
import type { ConfigPlan } from '../config/plan/planned-config.js';
import { joinIssues } from '../config/read/config-issues.js';
import type { ConfigIssue } from '../config/read/config-origin.js';
import { loadLoggingConfig } from '../config/read/load-logging-config.js';
import { addLevelName, findLevel, VERBOSE } from '../core/levels.js';
import { componentInspection } from './component-inspection.js';
import { admitExternals, standIns } from './foreign-names.js';
import type { Terminal } from './terminal.js';

/** How configurations are read; the options that commands share. */
export interface LoadSettings {
  /** Which overlay is put on the file; `false` for none, default `NODE_ENV`. */
  readonly environment?: string | false;
  /** Modules to import first: they register classes. */
  readonly import?: readonly string[];
  /** Whether names that only the application knows are taken as they are. */
  readonly allowUnknown?: boolean;
}

/** A configuration as read, and what it would make. */
export interface LoadedPlan {
  readonly config: LoggingConfig;
  readonly plan: ConfigPlan;
  /** Names that were taken as they are. */
  readonly unknown: readonly string[];
}

/** Imports the modules that register the application's classes. */
export async function importModules(settings: LoadSettings): Promise<void> {
  for (const module of settings.import ?? []) {
    await import(/^\.{0,2}\//.test(module) ? pathToFileURL(resolve(module)).href : module);
  }
}

/**
 * Reads and plans a configuration; makes nothing.
 *
 * @param variables Environment variables in place of those of the terminal.
 * @throws {LoggingConfigError} With every error.
 * @throws {LoggingError} If the file cannot be read.
 */
export async function loadPlan(
  file: string,
  settings: LoadSettings,
  terminal: Terminal,
  variables: NodeJS.ProcessEnv = {},
): Promise<LoadedPlan> {
  // LoggingModule registers it, which a command does without.
  if (findLevel('VERBOSE') === undefined) addLevelName(VERBOSE, 'VERBOSE');
  const unknown = new Set<string>();
  const environment = settings.environment ?? terminal.env.NODE_ENV;
  if (settings.allowUnknown) await admitExternals(file, environment || undefined, unknown);
  const planning = settings.allowUnknown ? { resolve: standIns(unknown) } : {};
  const config = await loadLoggingConfig(file, {
    ...planning,
    env: { ...terminal.env, ...variables },
    ...(settings.environment === undefined ? {} : { environment: settings.environment }),
    // Planned below, where each component is inspected.
    check: false,
  });
  try {
    const foreign = settings.allowUnknown ? unknown : undefined;
    const plan = planConfig(config, { ...planning, inspect: componentInspection(foreign), isApart: true });
    return { config, plan, unknown: [...unknown] };
  } catch (error) {
    if (!(error instanceof LoggingConfigError)) throw error;
    throw configError(joinIssues([], error.issues), error.cause);
  }
}

/** All errors: those of the configuration, or the one that prevented reading it. */
export function issuesOf(error: unknown, file: string): readonly ConfigIssue[] {
  // An empty file has no place for what is wrong with it.
  if (error instanceof LoggingConfigError)
    return error.issues.map((issue) => (issue.path === '' ? { file, ...issue } : issue));
  const message = error instanceof Error ? error.message : String(error);
  return [{ path: '', message: message.replace(/^loadLoggingConfig: /, ''), file }];
}
