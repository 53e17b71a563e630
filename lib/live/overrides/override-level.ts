import type { Level } from '../../core/levels.js';
import { getLogger } from '../../core/loggers/manager.js';
import { type ActiveLevel, ownLevel } from './active-level.js';
import type { OverrideListener } from './audit.js';
import { makeOverride, type OverrideOptions } from './make-override.js';
import type { Override } from './override.js';
import { overrideRegistry } from './override-registry.js';

/** An override that code made, to be ended by it. */
export interface OverrideHandle {
  readonly override: Override;
  /** Whether it is still valid. */
  readonly isActive: boolean;
  /** Ends it; nothing happens if it is over. @param by Who, for the audit record. */
  end(by?: string): void;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * Sets the level of a logger, or of a group of loggers, for a while. When it expires or `end()` is called, the level is
 * that of the configuration or of `setLevel` again.
 *
 * It replaces the logger's own level: loggers below without a level inherit it. If a logger has several valid
 * overrides, the strongest decides: one of the logger itself before one of its group; then one of this instance before
 * one of a label before one of all; then the newest. Levels of handlers, `disabled` and `disable()` are not touched.
 *
 * @param target Name of a group of the configuration, or of a logger; `root` for the root logger.
 * @param level A level, or `OFF`; `NOTSET` takes that of the logger above.
 * @example
 * overrideLevel('shop.orders', 'DEBUG', { for: '15m', reason: 'orders of customer 7 fail', by: 'anna' });
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`; `ERR_LOGGING_OPTIONS`, also if 1,000 are valid already.
 */
export function overrideLevel(target: string, level: Level, options: OverrideOptions = {}): OverrideHandle {
  const registry = overrideRegistry();
  const override = makeOverride(target, level, options, registry.instance.name, registry.moment());
  registry.set(override);
  const end = (by?: string) => void registry.end(override.id, by);
  return {
    override,
    get isActive() {
      return registry.has(override.id);
    },
    end,
    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: end, // Vitest's vmForks have none with Node 20 and 22
  };
}

/** The valid overrides, the newest first; those that hold only in other instances too. */
export function listOverrides(): readonly Override[] {
  return overrideRegistry().list();
}

/** Ends an override by its id. @param by Who, for the audit record. @returns Whether it was valid. */
export function endOverride(id: string, by?: string): boolean {
  return overrideRegistry().end(id, by);
}

/**
 * Calls a function for each override that begins or ends, after the audit record of logger `nestjs_logging.live`. What
 * it throws is reported, and stops nothing.
 *
 * @returns A function that removes it.
 */
export function onOverrideChange(listener: OverrideListener): () => void {
  return overrideRegistry().onChange(listener);
}

/** The level of a logger, where it comes from, and the override that sets it, if any. */
export function explainLevel(name?: string): ActiveLevel {
  const logger = getLogger(name);
  return overrideRegistry().overlay?.activeLevel(logger) ?? ownLevel(logger);
}
