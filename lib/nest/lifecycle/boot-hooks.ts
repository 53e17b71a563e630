import type { ModulesContainer } from '@nestjs/core';
import { CRITICAL } from '../../core/levels.js';
import { getLogger } from '../../core/loggers/manager.js';
import { replaceMethod, type Undo, UndoList } from '../instrumentation.js';
import { markLogged, wasLogged } from '../work/logged-failures.js';
import { typeName } from '../work/type-name.js';
import { reportBootFailure } from './boot.js';

const HOOKS = ['onModuleInit', 'onApplicationBootstrap'] as const;

/** What Nest has made, and by which token: its name, or the name of the class. */
interface Provided {
  readonly instance?: unknown;
  readonly name?: unknown;
}

type Hook = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Logs what a start-up hook throws: Nest passes it on to the code that started the application, which may just exit.
 *
 * Each hook is watched for its one call and is then as it was.
 *
 * @param afterFailure What else is to be done when one has failed.
 */
export function watchBootHooks(modules: ModulesContainer, afterFailure: () => void): Undo {
  const undos = new UndoList();
  const failed = (where: string, error: unknown): void => {
    logFailure(where, error);
    afterFailure();
  };
  for (const module of modules.values()) {
    for (const collection of [module.providers, module.controllers, module.injectables, module.middlewares]) {
      for (const { instance, name } of collection.values() as Iterable<Provided>) {
        if (typeof instance !== 'object' || instance === null) continue;
        for (const hook of HOOKS) undos.add(watchHook(instance, hook, String(name), failed));
      }
    }
  }
  return undos.undo;
}

function watchHook(
  instance: object,
  name: (typeof HOOKS)[number],
  token: string,
  failed: (where: string, error: unknown) => void,
): Undo {
  const report = (error: unknown): never => {
    failed(`${typeName(instance, token)}.${name}`, error);
    throw error;
  };
  const undo = replaceMethod(
    instance,
    name,
    (hook: Hook): Hook =>
      function (...args) {
        undo();
        try {
          const result = hook.apply(this, args);
          return result instanceof Promise ? result.catch(report) : result;
        } catch (error) {
          return report(error);
        }
      },
  );
  return undo;
}

function logFailure(where: string, error: unknown): void {
  if (wasLogged(error)) return;
  markLogged(error);
  reportBootFailure(() => {
    getLogger('nest.ExceptionHandler').logRead(logFailure, CRITICAL, {
      msg: 'the application could not start: %s failed',
      args: [where],
      excInfo: error,
    });
  }, true);
}
