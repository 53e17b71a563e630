import { LoggingError } from '../../core/errors.js';
import { getHandlerNames } from '../../core/handler.js';
import { formatIssue } from '../../core/options.js';
import { suggestion } from '../../core/suggestion.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import type { ComponentKind } from '../components/component-registry.js';
import { type ConfigIssue, originOf } from '../read/config-origin.js';
import { circularReferences } from './circular-references.js';
import { Converter } from './converters.js';
import { groupsOf } from './logger-groups.js';
import type { LoggingConfig } from './logging-config.js';
import { planComponent, workerSections } from './plan-component.js';
import { planLogger, planLoggers } from './plan-logger.js';
import { describe, PlanReader } from './plan-reader.js';
import type { ConfigPlan, PlannedWithoutWorkers, PlanOptions } from './planned-config.js';
import { findWrongReferences } from './referred-options.js';
import type { Section } from './sections.js';

const KNOWN_KEYS = [
  ...['version', 'formatters', 'filters', 'handlers', 'loggers', 'groups', 'root'],
  ...['incremental', 'disable_existing_loggers'],
];

/**
 * Checks a configuration whole and works out what is to be done; changes nothing.
 *
 * @throws {LoggingError} `ERR_LOGGING_CONFIG` that lists every error with its place, the value and the remedy.
 */
export function planConfig(config: LoggingConfig, options: PlanOptions = {}): ConfigPlan {
  if (!isPlainObject(config)) {
    throw configError([{ path: '', message: `a configuration is an object, got ${describe(config)}` }]);
  }
  const issues: ConfigIssue[] = [];
  const converter = new Converter(config);
  const reader = new PlanReader(converter, issues);
  if (config.version !== 1) issues.push({ path: 'version', message: describeVersion(config.version) });
  const incremental = reader.flag(config, 'incremental') ?? false;
  const plan = incremental ? planIncremental(config, reader, options) : planWhole(config, reader, options);
  for (const key of Object.keys(config)) {
    if (!KNOWN_KEYS.includes(key) && !isRemark(key) && !converter.usedKeys.has(key)) {
      issues.push({ path: key, message: `unknown key${remedy(key)}` });
    }
  }
  if (issues.length > 0) throw configError(locateIssues(issues, config));
  return { ...plan, origin: originOf(config) };
}

function remedy(key: string): string {
  return key === 'level' ? '; root and loggers have levels: root: { level: … }' : suggestion(key, KNOWN_KEYS);
}

/** Keys for others: the schema that editors go by, and what anchors of YAML are defined in. */
function isRemark(key: string): boolean {
  return key === '$schema' || key.startsWith('x-');
}

function describeVersion(version: unknown): string {
  return version === undefined ? 'missing; add version: 1' : `expected 1, got ${JSON.stringify(version)}`;
}

function planWhole(config: LoggingConfig, reader: PlanReader, options: PlanOptions): ConfigPlan {
  const components = (section: Section, kind: ComponentKind) =>
    reader
      .section(config, section)
      .map(([name, entry]) => planComponent(kind, name, entry, `${section}.${name}`, reader, options))
      .filter((component) => component !== undefined)
      .map((component) => ({ ...component, workers: planWorkers(component, reader) }));
  const named = (section: Section) => reader.section(config, section, false).map(([name]) => name);
  const names = { formatters: named('formatters'), filters: named('filters'), handlers: named('handlers') };
  reader.names = names;
  const root = reader.value(config, 'root', '');
  const disableExistingLoggers = reader.flag(config, 'disable_existing_loggers') ?? true;
  const planned = {
    formatters: components('formatters', 'formatter'),
    filters: components('filters', 'filter'),
    handlers: components('handlers', 'handler'),
  };
  reader.issues.push(...findWrongReferences(planned), ...circularReferences(planned));
  return {
    incremental: false,
    disableExistingLoggers,
    ...planned,
    loggers: planLoggers(config, reader),
    root: isGiven(root) ? planLogger(undefined, root, 'root', reader) : undefined,
    groups: groupsOf(config),
    handlerLevels: new Map(),
  };
}

/** Plans what a component creates in a worker thread as if it were here: its errors are reported with their places. */
function planWorkers(component: PlannedWithoutWorkers, reader: PlanReader): Map<string, ConfigPlan> {
  const plans = new Map<string, ConfigPlan>();
  for (const { path, sections } of workerSections(component)) {
    try {
      plans.set(path, planConfig({ ...sections, version: 1 }, { isForWorker: true }));
    } catch (error) {
      if (!(error instanceof LoggingConfigError)) throw error;
      // What the schema of the option has already reported is not reported again.
      const reported = new Set(reader.issues.map((issue) => issue.path));
      for (const issue of error.issues) {
        const place = `${path}.${issue.path}`;
        if (!reported.has(place)) reader.issue(place, issue.message);
      }
    }
  }
  return plans;
}

/** Python passes over a `root` that is empty, as over none. */
function isGiven(root: unknown): boolean {
  return Boolean(root) && !(isPlainObject(root) && Object.keys(root).length === 0);
}

/** Only levels and `propagate`; everything else is passed over, as in Python. */
function planIncremental(config: LoggingConfig, reader: PlanReader, options: PlanOptions): ConfigPlan {
  const handlerLevels = new Map<string, number>();
  const known = getHandlerNames();
  for (const [name, entry] of reader.section(config, 'handlers')) {
    const path = `handlers.${name}`;
    if (!options.isApart && !known.has(name)) {
      reader.issue(path, `no handler named "${name}" to change${suggestion(name, [...known])}`);
      continue;
    }
    const level = isPlainObject(entry) ? reader.level(entry, path) : undefined;
    if (level !== undefined) handlerLevels.set(name, level);
  }
  const root = reader.value(config, 'root', '');
  return {
    incremental: true,
    disableExistingLoggers: false,
    formatters: [],
    filters: [],
    handlers: [],
    groups: groupsOf(config),
    loggers: planLoggers(config, reader, true),
    root: isGiven(root) ? planLogger(undefined, root, 'root', reader, true) : undefined,
    handlerLevels,
  };
}

/** The errors of a configuration, with their places where it came from files. */
function locateIssues(issues: readonly ConfigIssue[], config: object): ConfigIssue[] {
  const origin = originOf(config);
  return issues.map((issue) => origin?.locate(issue) ?? issue);
}

/** One exception for all errors of a configuration. */
export function configError(issues: readonly ConfigIssue[], cause?: unknown): LoggingConfigError {
  return new LoggingConfigError(issues, cause);
}

/** A configuration that was refused; the one that was running still runs. */
export class LoggingConfigError extends LoggingError {
  override readonly name = 'LoggingConfigError';

  constructor(
    /** Everything that is wrong, each with its place. */
    readonly issues: readonly ConfigIssue[],
    cause?: unknown,
  ) {
    const texts = issues.map((issue) => describeIssue(issue).replaceAll('\n', '\n    '));
    super(
      'ERR_LOGGING_CONFIG',
      texts.length === 1
        ? `Unable to configure logging. ${texts[0]}`
        : `Unable to configure logging. ${texts.length} errors:\n  - ${texts.join('\n  - ')}`,
      cause === undefined ? undefined : { cause },
    );
    // The message has them: a traceback need not repeat them as a property.
    Object.defineProperty(this, 'issues', { enumerable: false });
  }

  /** Each error as a string, with its place. */
  describeIssues(): string[] {
    return this.issues.map(describeIssue);
  }
}

/** `logging.yaml:12:5: handlers.file.level: …`, as editors and terminals understand it. */
export function describeIssue(issue: ConfigIssue): string {
  const { file, line, column } = issue;
  if (file === undefined) return formatIssue(issue);
  return `${line === undefined ? file : `${file}:${line}:${column}`}: ${formatIssue(issue)}`;
}
