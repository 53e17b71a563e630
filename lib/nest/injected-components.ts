import type { ModulesContainer } from '@nestjs/core';
import type { ConfigPlan } from '../config/config-plan.js';
import { LoggingError } from '../core/errors.js';
import { suggestion } from '../core/suggestion.js';
import { tokensOf } from './container-modules.js';
import { parseComponentToken } from './logging.tokens.js';

/**
 * Refuses what injects a handler, formatter or filter that the configuration does not have: it would get `undefined`.
 *
 * @throws {LoggingError} `ERR_LOGGING_NEST`
 */
export function checkInjectedComponents(modules: ModulesContainer, plan: ConfigPlan): void {
  for (const module of modules.values()) {
    for (const collection of [module.providers, module.controllers, module.injectables]) {
      for (const { metatype, inject, name } of collection.values()) {
        const tokens = inject ?? (typeof metatype === 'function' ? tokensOf(metatype) : []);
        for (const token of tokens) checkToken(token, String(name), plan);
      }
    }
  }
}

function checkToken(token: unknown, consumer: string, plan: ConfigPlan): void {
  const component = parseComponentToken(token);
  if (component === undefined) return;
  const { kind, name } = component;
  const known = plan[`${kind}s`].map((planned) => planned.name);
  if (known.includes(name)) return;
  throw new LoggingError(
    'ERR_LOGGING_NEST',
    `${consumer} injects the ${kind} "${name}", which the configuration does not have${suggestion(name, known)}`,
  );
}
