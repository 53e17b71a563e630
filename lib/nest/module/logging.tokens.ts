import type { ComponentKind } from '../../config/components/component-registry.js';
import { getLogger } from '../../core/loggers/manager.js';
import type { ActiveLogging } from '../lifecycle/active-logging.provider.js';
import { noteProvider } from './injected-names.js';

/** The active configuration in the container. Internal. */
export const ACTIVE_LOGGING: unique symbol = Symbol.for('nestjs-logging.active');
/**
 * The same for the root module. In feature modules the other token waits until their own part is active.
 * Internal.
 */
export const ROOT_LOGGING: unique symbol = Symbol.for('nestjs-logging.root');
/** Where a `forRoot` keeps its configuration. Internal. */
export const LOGGING_CONFIG: unique symbol = Symbol.for('nestjs-logging.config');
/** The description of a `forRoot` or `forFeature`. Internal. */
export const LOGGING_DECLARATION: unique symbol = Symbol.for('nestjs-logging.declaration');
/** On the class of modules that provide loggers, whichever copy of this package it is of. Internal. */
export const LOGGER_HOST: unique symbol = Symbol.for('nestjs-logging.logger-host');
/** What `@ComponentOptions()` injects. Internal. */
export const COMPONENT_OPTIONS: unique symbol = Symbol.for('nestjs-logging.component-options');

/**
 * The injection token of a logger: for factories (`inject: [getLoggerToken('shop')]`) and tests
 * (`overrideProvider(getLoggerToken('shop'))`).
 *
 * @param name The logger's name; left out, the root logger.
 */
export function getLoggerToken(name = 'root'): symbol {
  const token = Symbol.for(`nestjs-logging.logger(${name})`);
  noteProvider('loggers', { provide: token, useFactory: () => getLogger(name) });
  return token;
}

/**
 * The injection token of a handler.
 *
 * Where configuration files are followed, a provider keeps the handler it was given, though a change of the files may
 * have closed that one and made another; `getHandlerByName(name)` returns the active one. A change that has no handler
 * of an injected name is refused.
 *
 * @param name Its key under `handlers` in the configuration.
 */
export function getHandlerToken(name: string): symbol {
  return getComponentToken('handler', name);
}

/** The injection token of a formatter. @param name Its key under `formatters` in the configuration. */
export function getFormatterToken(name: string): symbol {
  return getComponentToken('formatter', name);
}

/** The injection token of a filter. @param name Its key under `filters` in the configuration. */
export function getFilterToken(name: string): symbol {
  return getComponentToken('filter', name);
}

/** The token of a component of any kind; the name is then known to every application. Internal. */
export function getComponentToken(kind: ComponentKind, name: string): symbol {
  const token = componentToken(kind, name);
  noteProvider('components', {
    provide: token,
    useFactory: (active: ActiveLogging) => active.find(kind, name),
    inject: [ACTIVE_LOGGING],
  });
  return token;
}

/** The token of a component, without making the name known. Internal. */
export function componentToken(kind: ComponentKind, name: string): symbol {
  return Symbol.for(`nestjs-logging.${kind}(${name})`);
}

/** The component of a token, if it is one. Internal. */
export function parseComponentToken(token: unknown): { kind: ComponentKind; name: string } | undefined {
  if (typeof token !== 'symbol') return undefined;
  const [, kind, name] =
    /^nestjs-logging\.(handler|formatter|filter)\((.*)\)$/s.exec(Symbol.keyFor(token) ?? '') ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind as ComponentKind, name };
}
