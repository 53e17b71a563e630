import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigFault } from '../config/config-origin.js';
import { type ConfigPlan, LoggingConfigError, planConfig } from '../config/config-plan.js';
import { loadLoggingConfig } from '../config/load-logging-config.js';
import type { LoggingConfig } from '../config/logging-config.js';
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
 * @throws {LoggingConfigError} With every fault.
 * @throws {LoggingError} If the file cannot be read.
 */
export async function loadPlan(
  file: string,
  settings: LoadSettings,
  terminal: Terminal,
): Promise<LoadedPlan> {
  const unknown = new Set<string>();
  const environment = settings.environment ?? terminal.env.NODE_ENV;
  if (settings.allowUnknown) await admitExternals(file, environment || undefined, unknown);
  const planning = settings.allowUnknown ? { resolve: standIns(unknown) } : {};
  const config = await loadLoggingConfig(file, {
    ...planning,
    env: terminal.env,
    ...(settings.environment === undefined ? {} : { environment: settings.environment }),
  });
  return { config, plan: planConfig(config, planning), unknown: [...unknown] };
}

/** What is wrong, as faults: those of the configuration, or the one that kept it from being read. */
export function faultsOf(error: unknown, file: string): readonly ConfigFault[] {
  if (error instanceof LoggingConfigError) return error.faults;
  const message = error instanceof Error ? error.message : String(error);
  return [{ path: '', message: message.replace(/^loadLoggingConfig: /, ''), file }];
}
