import { configError } from '../../config/plan/config-plan.js';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import { originOf } from '../../config/read/config-origin.js';
import type { OptionIssue } from '../../core/options.js';
import type { DeclaredModule } from '../components/container-modules.js';

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
