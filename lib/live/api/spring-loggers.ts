import { NOTSET } from '../../core/levels.js';
import { isLogger, type Logger } from '../../core/loggers/logger.js';
import type { Manager } from '../../core/loggers/manager.js';
import { cutText } from '../../runtime/cut-text.js';
import { ownLevel } from '../overrides/active-level.js';
import { checkTarget, makeOverride, OFF } from '../overrides/make-override.js';
import type { Override } from '../overrides/override.js';
import type { OverrideRegistry } from '../overrides/override-registry.js';
import { RefusedRequest } from './exchange.js';

/** Spring's levels, from the quietest on. */
const LEVELS = ['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const;
type SpringLevel = (typeof LEVELS)[number];

const NUMBERS: Readonly<Record<SpringLevel, number>> = {
  OFF,
  FATAL: 50,
  ERROR: 40,
  WARN: 30,
  INFO: 20,
  DEBUG: 10,
  TRACE: 5,
};

/** Who sets levels over this interface, for the audit. */
const BY = 'actuator';

/** Loggers and groups as Spring Boot's actuator shows them. */
export interface SpringLogger {
  readonly configuredLevel?: SpringLevel;
  readonly effectiveLevel: SpringLevel;
}

/** A group as Spring Boot's actuator shows it. */
export interface SpringGroup {
  readonly configuredLevel?: SpringLevel;
  readonly members: readonly string[];
}

/** Spring Boot's actuator for loggers, with the loggers of this process. */
export class SpringLoggers {
  constructor(
    private readonly manager: Manager,
    private readonly registry: OverrideRegistry,
    /** How long a level lasts. */
    private readonly duration: string,
  ) {}

  /** All levels, loggers and groups. */
  all(): object {
    const { root } = this.manager;
    const named = this.manager.loggers().sort((one, other) => (one.name < other.name ? -1 : 1));
    const entries = [root, ...named].map((logger) => [
      logger === root ? 'ROOT' : logger.name,
      this.#logger(logger),
    ]);
    const groups = [...this.manager.groups.keys()].map((name) => [name, this.#group(name)]);
    return { levels: LEVELS, loggers: Object.fromEntries(entries), groups: Object.fromEntries(groups) };
  }

  /** A group or a logger; `undefined` if there is none. A group takes precedence over a logger of its name. */
  find(name: string): SpringLogger | SpringGroup | undefined {
    if (this.manager.groups.has(name)) return this.#group(name);
    const logger = name === 'ROOT' ? this.manager.root : this.manager.loggerDict.get(name);
    return isLogger(logger) ? this.#logger(logger) : undefined;
  }

  /**
   * Sets the level of a group or logger, or clears it.
   *
   * @throws {RefusedRequest} 400
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for a name that no logger has.
   */
  set(name: string, body: unknown): void {
    const level = readLevel(body);
    const target = checkTarget(name === 'ROOT' ? 'root' : name);
    const before = this.registry
      .list()
      .filter((override) => override.target === target && override.by === BY);
    if (level !== undefined) {
      const options = { for: this.duration, by: BY, reason: 'set over the actuator' };
      const { instance } = this.registry;
      const override = makeOverride(target, NUMBERS[level], options, instance.name, this.registry.moment());
      this.registry.set(override);
    }
    for (const { id } of before) this.registry.end(id, BY, level === undefined ? 'ended' : 'replaced');
    // Spring's logger is there from then on.
    if (!this.manager.groups.has(target) && target !== 'root') this.manager.getLogger(target);
  }

  #logger(logger: Logger): SpringLogger {
    const override = this.#overrideOf(logger.name);
    const configured = override?.level ?? logger.level;
    const isConfigured = configured !== NOTSET || logger.parent === null;
    const { level } = this.registry.overlay?.activeLevel(logger) ?? ownLevel(logger);
    return {
      ...(isConfigured ? { configuredLevel: springLevel(configured) } : {}),
      effectiveLevel: springLevel(level),
    };
  }

  #group(name: string): SpringGroup {
    const override = this.registry.list().find(({ target }) => target === name);
    return {
      ...(override === undefined ? {} : { configuredLevel: springLevel(override.level) }),
      members: this.manager.groups.get(name) ?? [],
    };
  }

  #overrideOf(name: string): Override | undefined {
    return this.registry.overlay?.byLogger.get(name);
  }
}

/** The level of a body such as `{"configuredLevel":"DEBUG"}`; `undefined` to clear it. @throws {RefusedRequest} 400 */
function readLevel(body: unknown): SpringLevel | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== 'object' || Array.isArray(body))
    throw new RefusedRequest(400, 'the body is not an object');
  if (Object.values(body).some((value) => typeof value === 'object' && value !== null))
    throw new RefusedRequest(400, 'the values of the body are texts');
  const given = Object.hasOwn(body, 'configuredLevel')
    ? (body as { configuredLevel: unknown }).configuredLevel
    : undefined;
  if (given === undefined || given === null || given === '') return undefined;
  const level = LEVELS.find((each) => each === String(given).toUpperCase());
  if (level === undefined) {
    const name = cutText(String(given), 64);
    throw new RefusedRequest(
      400,
      `no level is named ${JSON.stringify(name)}; known are ${LEVELS.join(', ')}`,
    );
  }
  return level;
}

/** The nearest of Spring's levels that does not let more through. */
function springLevel(level: number): SpringLevel {
  if (level > NUMBERS.FATAL) return 'OFF';
  return (
    (['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const).find((name) => level <= NUMBERS[name]) ?? 'FATAL'
  );
}
