import { Inject } from '@nestjs/common';
import type { Logger as CoreLogger } from '../../core/loggers/logger.js';
import { getLoggerToken } from './logging.tokens.js';

/** A decorator for constructor parameters and properties. */
export type LoggerDecorator = (target: object, key: string | symbol | undefined, index?: number) => void;

/**
 * Injects a logger: on a constructor parameter or a property.
 *
 * The name is also the type of what is injected. Editors may offer the `Logger` of `@nestjs/common` instead;
 * {@link InjectLogger} is the same decorator under a name that is ours alone.
 *
 * @param name The logger's name, with dots between the levels of the tree; left out, the name of the class.
 * @example
 * constructor(@Logger('shop.orders') private readonly logger: Logger) {}
 */
export const Logger = (name?: string): LoggerDecorator => {
  return (target, key, index) => {
    const token = getLoggerToken(name ?? classOf(target).name);
    // Nest's type names the parameter decorator alone; the function serves both.
    (Inject(token) as LoggerDecorator)(target, key, index);
  };
};

/** A logger that was injected. */
export type Logger = CoreLogger;

/**
 * Injects a logger: the same as `@Logger()`.
 *
 * @param name The logger's name; left out, the name of the class.
 */
export const InjectLogger: (name?: string) => LoggerDecorator = Logger;

/** The class of a decorated parameter (the constructor is the target) or property (the prototype is). */
function classOf(target: object): { readonly name: string } {
  return typeof target === 'function' ? target : target.constructor;
}
