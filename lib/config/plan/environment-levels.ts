import { describeUnknownLevel, findLevel, getLevelName } from '../../core/levels.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import type { ConfigIssue } from '../read/config-origin.js';
import type { Environment } from '../read/env-values.js';
import { configError } from './config-plan.js';
import { isInheritedName } from './converters.js';
import { type LoggerGroups, readGroups } from './logger-groups.js';
import type { LoggerConfig, LoggingConfig } from './logging-config.js';

/** The variable with the level of the root logger. */
const ROOT_VARIABLE = 'LOG_LEVEL';
/** The variable with levels of other loggers. */
const LOGGERS_VARIABLE = 'LOG_LEVELS';

/**
 * A configuration with the levels that the environment asks for.
 *
 * `LOG_LEVEL=warning` is the root's. `LOG_LEVELS=shop.orders=debug,nest.*=warning,web=error` names loggers and groups;
 * `nest.*` is `nest` and everything below it, whatever the configuration sets there, and `*` is everything. A name
 * written out wins over a `*`, a longer `*` over a shorter. Levels are names in any case, or integers. Empty
 * variables count as missing.
 *
 * @param config Is not changed.
 * @param env Default the variables of the process.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG` that names the variable and everything in it that cannot be read.
 */
export function applyEnvironment<T extends LoggingConfig>(config: T, env: Environment = process.env): T {
  const issues: ConfigIssue[] = [];
  const rootLevel = readRootLevel(env, issues);
  const requests = readRequests(env, issues);
  if (issues.length > 0) throw configError(issues);
  if (rootLevel === undefined && requests.length === 0) return config;
  const levels = new LevelOverrides(config);
  if (rootLevel !== undefined) levels.set('root', rootLevel);
  const wildcards = requests.filter(({ isWild }) => isWild).sort((a, b) => a.name.length - b.name.length);
  for (const { name, level } of wildcards) levels.setBelow(name, level);
  for (const { name, level, isWild } of requests) if (!isWild) levels.set(name, level);
  return levels.result() as T;
}

/** One item of `LOG_LEVELS`; the name `''` with a `*` is everything. */
interface LevelRequest {
  readonly name: string;
  readonly isWild: boolean;
  readonly level: string | number;
}

function readRootLevel(env: Environment, issues: ConfigIssue[]): string | number | undefined {
  const text = env[ROOT_VARIABLE]?.trim();
  return text ? readLevel(text, ROOT_VARIABLE, '', issues) : undefined;
}

function readRequests(env: Environment, issues: ConfigIssue[]): LevelRequest[] {
  const items = (env[LOGGERS_VARIABLE] ?? '').split(',').map((item) => item.trim());
  return items.filter((item) => item !== '').flatMap((item) => readRequest(item, issues) ?? []);
}

function readRequest(item: string, issues: ConfigIssue[]): LevelRequest | undefined {
  const equals = item.lastIndexOf('=');
  const target = item.slice(0, Math.max(equals, 0)).trim();
  const issue = (message: string) =>
    void issues.push({ path: LOGGERS_VARIABLE, message: `${JSON.stringify(item)}: ${message}` });
  if (equals < 0 || target === '')
    return issue('expected logger=level, as in shop.orders=debug') as undefined;
  const isWild = target === '*' || target.endsWith('.*');
  const name = isWild ? target.slice(0, -2) : target;
  if (name.includes('*')) return issue('a * is allowed alone or at the end: nest.*') as undefined;
  if (isInheritedName(name)) return issue('this name is not allowed') as undefined;
  const level = readLevel(
    item.slice(equals + 1).trim(),
    LOGGERS_VARIABLE,
    `${JSON.stringify(item)}: `,
    issues,
  );
  return level === undefined ? undefined : { name, isWild, level };
}

function readLevel(
  text: string,
  path: string,
  context: string,
  issues: ConfigIssue[],
): string | number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const level = findLevel(text);
  // By its name, as a configuration has it: errors and the command line show it.
  if (level !== undefined) return Number.isNaN(Number(text)) ? getLevelName(level) : level;
  issues.push({ path, message: context + describeUnknownLevel(text) });
  return undefined;
}

/** Sets levels in a copy of a configuration. */
class LevelOverrides {
  readonly #config: LoggingConfig;
  readonly #loggers: Record<string, LoggerConfig>;
  readonly #groups: LoggerGroups;

  constructor(config: LoggingConfig) {
    this.#config = { ...config };
    // A value that is not an object is left for the plan to report.
    this.#loggers = isPlainObject(config.loggers) ? { ...config.loggers } : {};
    this.#groups = readGroups(config, () => {});
  }

  result(): LoggingConfig {
    const { loggers } = this.#config;
    const isSound = loggers === undefined || loggers === null || isPlainObject(loggers);
    if (isSound && Object.keys(this.#loggers).length > 0) this.#config.loggers = this.#loggers;
    return this.#config;
  }

  /** A logger, `root`, or all loggers of a group. */
  set(name: string, level: string | number): void {
    if (name === 'root') this.#setRoot(level);
    else for (const member of this.#groups.get(name) ?? [name]) this.#setLogger(member, level);
  }

  /** A logger and all below it; `''` for all there are. */
  setBelow(name: string, level: string | number): void {
    if (this.#groups.has(name)) {
      for (const member of this.#groups.get(name) ?? []) this.setBelow(member, level);
      return;
    }
    if (name === '') this.#setRoot(level);
    else this.#setLogger(name, level);
    for (const other of this.#known()) {
      if (name === '' ? other !== '' && other !== 'root' : other.startsWith(`${name}.`))
        this.#setLogger(other, level);
    }
  }

  /** The loggers that the configuration gives a level, by themselves or through a group. */
  #known(): Set<string> {
    const names = Object.keys(this.#loggers);
    return new Set(names.flatMap((name) => this.#groups.get(name) ?? [name]));
  }

  #setRoot(level: string | number): void {
    const { root } = this.#config;
    // The root may be set up as a logger without a name; an entry of its own would then take its handlers away.
    const others = ['', 'root'].filter((name) => Object.hasOwn(this.#loggers, name));
    for (const name of others) this.#setLogger(name, level);
    if (isPlainObject(root) || (others.length === 0 && (root === undefined || root === null))) {
      this.#config.root = { ...root, level };
    }
  }

  #setLogger(name: string, level: string | number): void {
    const entry = Object.hasOwn(this.#loggers, name) ? this.#loggers[name] : undefined;
    if (entry === undefined || isPlainObject(entry)) this.#loggers[name] = { ...entry, level };
  }
}
