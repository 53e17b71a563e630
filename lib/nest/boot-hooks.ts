import type { ModulesContainer } from '@nestjs/core';
import { getLogger } from '../core/manager.js';
import { reportBootFailure } from './boot.js';
import { markTold, wasTold } from './told-failures.js';

const HOOKS = ['onModuleInit', 'onApplicationBootstrap'] as const;

type Hook = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Logs what a start-up hook throws: Nest passes it on to whoever started the application, who may just end.
 *
 * Each hook is watched for its one call and is then as it was.
 *
 * @param afterFailure What else is to be done when one has failed.
 */
export function watchBootHooks(modules: ModulesContainer, afterFailure: () => void): void {
  for (const module of modules.values()) {
    for (const collection of [module.providers, module.controllers, module.injectables, module.middlewares]) {
      for (const { instance } of collection.values() as Iterable<{ instance?: unknown }>) {
        if (typeof instance === 'object' && instance !== null)
          for (const name of HOOKS) watchHook(instance, name, afterFailure);
      }
    }
  }
}

function watchHook(instance: object, name: (typeof HOOKS)[number], afterFailure: () => void): void {
  const hook = Reflect.get(instance, name) as unknown;
  if (typeof hook !== 'function' || !Object.isExtensible(instance) || Object.hasOwn(instance, name)) return;
  const watched: Hook = function (...args) {
    Reflect.deleteProperty(instance, name);
    const report = (error: unknown): never => {
      logFailure(`${instance.constructor.name}.${name}`, error);
      afterFailure();
      throw error;
    };
    try {
      const result = (hook as Hook).apply(this, args);
      return result instanceof Promise ? result.catch(report) : result;
    } catch (error) {
      return report(error);
    }
  };
  Object.defineProperty(instance, name, {
    value: watched,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

function logFailure(where: string, error: unknown): void {
  if (wasTold(error)) return;
  markTold(error);
  reportBootFailure(() => {
    getLogger('nest.ExceptionHandler').critical('the application could not start: %s failed', where, {
      excInfo: error,
    });
  });
}
