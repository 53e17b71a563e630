import { resolve } from 'node:path';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { MAX_TIMER_MS } from '../../runtime/limits.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { configError, LoggingConfigError, planConfig } from '../plan/config-plan.js';
import { applyEnvironment } from '../plan/environment-levels.js';
import type { LoggingConfig } from '../plan/logging-config.js';
import type { PlanOptions } from '../plan/planned-config.js';
import { type ConfigFile, pathOf, readConfigFile } from './config-files.js';
import { joinIssues } from './config-issues.js';
import { type ConfigIssue, ConfigOrigin, type Place, setOrigin } from './config-origin.js';
import { mergeOverlay, overlayName } from './config-overlay.js';
import { type Environment, replaceVariables } from './env-values.js';

/** Options of {@link loadLoggingConfig}. */
export interface LoadOptions {
  /**
   * Which overlay is put on the file: `production` takes `logging.production.yaml` for `logging.yaml`, if it is
   * there. Default the value of `NODE_ENV`; `false` for none.
   */
  environment?: string | false | undefined;
  /** The environment variables; default those of the process, as they are each time the file is read. */
  env?: Environment | undefined;
  /** Whether `LOG_LEVEL` and `LOG_LEVELS` change the levels; default true. */
  levels?: boolean | undefined;
  /**
   * Whether the configuration is checked at once; default true. Without it the code that applies it checks it, with
   * the same errors: for configurations that name what only a container knows.
   */
  check?: boolean | undefined;
  /** Maps class names to classes for the check, as for `planConfig`. */
  resolve?: PlanOptions['resolve'] | undefined;
  /** Whether the files are followed once the configuration is active; default false. */
  watch?: boolean | undefined;
  /**
   * With `watch`: how often the files are polled where the system reports no changes, in milliseconds, default 2000.
   */
  pollMs?: number | undefined;
  /** A signal that triggers a reload, for example `'SIGHUP'`, with or without `watch`; default none. */
  signal?: NodeJS.Signals | undefined;
  /**
   * Called after each reload: without an argument when the new configuration is active, with the error when it was
   * refused.
   */
  onReload?: ((error: Error | undefined) => void) | undefined;
}

const loadOptionsSchema = lazy(() =>
  v.strictObject({
    environment: v.optional(v.union([v.literal(false), v.string()])),
    env: v.optional(v.record(v.string(), v.optional(v.string()))),
    levels: v.optional(v.boolean(), true),
    check: v.optional(v.boolean(), true),
    resolve: v.optional(
      v.custom<NonNullable<PlanOptions['resolve']>>((value) => typeof value === 'function'),
    ),
    watch: v.optional(v.boolean(), false),
    pollMs: v.optional(v.pipe(v.number(), v.minValue(10), v.maxValue(MAX_TIMER_MS)), 2_000),
    signal: v.optional(
      v.custom<NodeJS.Signals>(
        (value) => typeof value === 'string' && value.startsWith('SIG') && !UNHEARD.includes(value),
        (issue) => `expected a signal that a process can listen to, such as 'SIGHUP', got ${issue.received}`,
      ),
    ),
    onReload: v.optional(
      v.custom<NonNullable<LoadOptions['onReload']>>((value) => typeof value === 'function'),
    ),
  }),
);

/** Signals that no process hears of. */
const UNHEARD: readonly string[] = ['SIGKILL', 'SIGSTOP'];

type CheckedOptions = v.InferOutput<ReturnType<typeof loadOptionsSchema>>;

/**
 * Reads a configuration from a file: YAML, JSON, Python's INI format, or a module whose default export is the
 * configuration or a function that gives it.
 *
 * `${NAME}` and `${NAME:-default}` in values are environment variables. An overlay for the environment is put on top,
 * then the levels of `LOG_LEVEL` and `LOG_LEVELS`. The result is for `dictConfig`, or for `LoggingModule`.
 *
 * @param file Its path or URL; the extension selects the format.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` with every error, each with file, line and column.
 * @throws {LoggingError} `ERR_LOGGING_FILE` if the file cannot be read; `ERR_LOGGING_MISSING_PACKAGE` for YAML without
 * the package `yaml`; `ERR_LOGGING_OPTIONS`.
 * @example
 * dictConfig(await loadLoggingConfig('logging.yaml', { watch: true }));
 */
export async function loadLoggingConfig(
  file: string | URL,
  options: LoadOptions = {},
): Promise<LoggingConfig> {
  const checked = checkOptions('loadLoggingConfig', loadOptionsSchema(), options);
  const path = pathOf(file);
  const env = checked.env ?? process.env;
  const environment = environmentOf(checked, env);
  const context = { environment, env };
  const overlayPath = environment === undefined ? undefined : overlayName(path, environment);
  const base = (await readConfigFile(path, context)) as ConfigFile;
  const overlay = overlayPath === undefined ? undefined : await readConfigFile(overlayPath, context, false);
  const contents = new Map<string, string | undefined>([[resolve(path), base.text]]);
  if (overlayPath !== undefined) contents.set(resolve(overlayPath), overlay?.text);
  const { watch, pollMs, signal, onReload } = checked;
  const follow = {
    settings: { watch, pollMs, signal, onReload },
    read: () => loadLoggingConfig(file, options),
  };
  const places = new Map<string, Place>([...base.places, ...(overlay?.places ?? [])]);
  const warnings = [...(base.warnings ?? []), ...(overlay?.warnings ?? [])];
  const isFollowed = watch || signal !== undefined;
  const origin = new ConfigOrigin(contents, places, isFollowed ? follow : undefined, path, warnings);
  const issues = [...base.issues, ...(overlay?.issues ?? [])];
  const merged = putTogether(base, overlay, env, (path, message) =>
    issues.push(origin.locate({ path, message })),
  );
  const config = withLevels(merged, checked, env, issues);
  if (isPlainObject(config)) setOrigin(config, origin);
  if (checked.check || issues.length > 0) checkAll(config as LoggingConfig, checked, origin, issues);
  return config as LoggingConfig;
}

/** Variables are replaced last: one that the overlay does not need need not be set. */
function putTogether(
  base: ConfigFile,
  overlay: ConfigFile | undefined,
  env: Environment,
  issue: (path: string, message: string) => void,
): unknown {
  const merged = overlay === undefined ? base.value : mergeOverlay(base.value, overlay.value);
  if (!base.hasVariables) return merged;
  const quoted = new Set([...base.quoted].filter((path) => !overlay?.places.has(path)));
  for (const path of overlay?.quoted ?? []) quoted.add(path);
  return replaceVariables(merged, { env, quoted, issue });
}

function environmentOf({ environment }: CheckedOptions, env: Environment): string | undefined {
  if (environment === false) return undefined;
  const name = environment ?? env.NODE_ENV;
  if (name === undefined || name === '') return undefined;
  if (/^\w[\w.-]*$/.test(name) && !name.includes('..')) return name;
  throw new LoggingError(
    'ERR_LOGGING_ARGUMENT',
    `loadLoggingConfig: ${environment === undefined ? 'NODE_ENV' : 'environment'}: ${JSON.stringify(name)} cannot be part of a file name; use letters, digits, - and _`,
  );
}

function withLevels(
  config: unknown,
  options: CheckedOptions,
  env: Environment,
  issues: ConfigIssue[],
): unknown {
  // The caller's object must not be changed: a module's export stays.
  const copy = isPlainObject(config) ? { ...config } : config;
  if (!options.levels || !isPlainObject(copy)) return copy;
  try {
    return applyEnvironment(copy as LoggingConfig, env);
  } catch (error) {
    if (!(error instanceof LoggingConfigError)) throw error;
    issues.push(...error.issues);
    return copy;
  }
}

/** Plans the configuration only to find its errors, and throws them together with those of reading. */
function checkAll(
  config: LoggingConfig,
  options: CheckedOptions,
  origin: ConfigOrigin,
  issues: readonly ConfigIssue[],
): void {
  // Where nothing could be read, there is nothing to plan.
  const planned = config === undefined && issues.length > 0 ? [] : findPlanIssues(config, options, origin);
  const all = joinIssues(issues, planned);
  if (all.length > 0) throw configError(all);
}

function findPlanIssues(
  config: LoggingConfig,
  options: CheckedOptions,
  origin: ConfigOrigin,
): readonly ConfigIssue[] {
  try {
    planConfig(config, options.resolve === undefined ? {} : { resolve: options.resolve });
    return [];
  } catch (error) {
    if (!(error instanceof LoggingConfigError)) throw error;
    return error.issues.map((issue) => origin.locate(issue));
  }
}
