import { configError } from '../config/config-plan.js';
import type { LoggingConfig } from '../config/logging-config.js';
import type { Fault } from '../core/options.js';
import type { DeclaredModule } from './container-modules.js';

const SECTIONS = ['formatters', 'filters', 'handlers', 'loggers'] as const;

/** A configuration put together from several modules. */
export interface MergedConfig {
  readonly config: LoggingConfig;
  /** Which feature module an entry came from, by path (`handlers.audit`). */
  readonly origins: ReadonlyMap<string, DeclaredModule>;
}

/**
 * Adds to the configuration of `forRoot` what feature modules declared.
 *
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` where two of them define the same entry.
 */
export function mergeFeatures(root: LoggingConfig, features: readonly DeclaredModule[]): MergedConfig {
  const origins = new Map<string, DeclaredModule>();
  if (features.length === 0) return { config: root, origins };
  const config: LoggingConfig & Record<string, unknown> = { ...root };
  const faults: Fault[] = [];
  for (const section of SECTIONS) {
    const merged: Record<string, unknown> = { ...(root[section] as object | undefined) };
    for (const feature of features) {
      if (feature.declaration.kind !== 'feature') continue;
      for (const [name, entry] of Object.entries(feature.declaration.feature[section] ?? {})) {
        const path = `${section}.${name}`;
        if (Object.hasOwn(merged, name)) {
          const other = origins.has(path) ? 'another forFeature' : 'forRoot';
          faults.push({ path, message: `defined by forFeature and by ${other}; rename one of them` });
          continue;
        }
        Object.defineProperty(merged, name, { value: entry, enumerable: true, writable: true, configurable: true });
        origins.set(path, feature);
      }
    }
    if (Object.keys(merged).length > 0) config[section] = merged as never;
  }
  if (faults.length > 0) throw configError(faults);
  return { config, origins };
}
