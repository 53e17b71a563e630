import type { ModulesContainer } from '@nestjs/core';
import { markToldStack } from '../told-failures.js';
import { followMessage } from './follow-message.js';
import { Message } from './message.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What of `@nestjs/schedule` is used here: every job it starts goes through this method. */
interface ScheduleExplorer {
  wrapFunctionInTryCatchBlocks?(method: Method, instance: object): Method;
}

/** What of `@nestjs/event-emitter` is used here: every listener is called by this method. */
interface EventSubscribersLoader {
  wrapFunctionInTryCatchBlocks?(
    instance: Record<string, Method>,
    name: string,
    args: unknown[],
    options: { readonly suppressErrors?: boolean } | undefined,
  ): Promise<unknown>;
}

/** The packages' own marks on methods. */
const KIND_OF_JOB = 'SCHEDULER_TYPE';
const NAME_OF_JOB = 'SCHEDULER_NAME';
const EVENTS = 'EVENT_LISTENER_METADATA';

/** By the numbers of `@nestjs/schedule`. */
const KINDS: Readonly<Record<number, string>> = { 1: 'cron', 2: 'timeout', 3: 'interval' };

/**
 * Follows the jobs of `@nestjs/schedule` and the listeners of `@nestjs/event-emitter`, where an application has them.
 *
 * Calls that the application makes to such a method itself are calls, and no jobs. Must be called before the packages
 * look for what they are to run.
 */
export function watchJobs(modules: ModulesContainer, usesContext: boolean): void {
  for (const { providers } of modules.values()) {
    for (const { metatype, instance } of providers.values()) {
      if (typeof instance !== 'object' || instance === null) continue;
      if (metatype?.name === 'ScheduleExplorer') watchSchedule(instance, usesContext);
      else if (metatype?.name === 'EventSubscribersLoader') watchEvents(instance, usesContext);
    }
  }
}

function watchSchedule(explorer: ScheduleExplorer, usesContext: boolean): void {
  const { wrapFunctionInTryCatchBlocks: wrap } = explorer;
  if (typeof wrap !== 'function') return;
  explorer.wrapFunctionInTryCatchBlocks = (method, instance) => {
    const controller = instance.constructor.name;
    const name = Reflect.getMetadata(NAME_OF_JOB, method) as unknown;
    const pattern = typeof name === 'string' && name !== '' ? name : `${controller}.${method.name}`;
    const type = KINDS[Number(Reflect.getMetadata(KIND_OF_JOB, method))] ?? 'job';
    const fields = { transport: 'schedule', type, controller, handler: method.name };
    const followed: Method = function (...args) {
      const message = new Message({ kind: 'schedule', pattern, fields }, usesContext);
      return followMessage(message, () => method.apply(this, args));
    };
    return wrap.call(explorer, followed, instance);
  };
}

function watchEvents(loader: EventSubscribersLoader, usesContext: boolean): void {
  const { wrapFunctionInTryCatchBlocks: wrap } = loader;
  if (typeof wrap !== 'function') return;
  loader.wrapFunctionInTryCatchBlocks = (instance, name, args, options) => {
    const method = instance[name] as Method;
    const fields = { transport: 'event', controller: instance.constructor.name, handler: name };
    const message = new Message(
      { kind: 'event', pattern: eventsOf(method) ?? name, fields, isLocal: true },
      usesContext,
    );
    // The loader calls the method on what it is given, and catches what is thrown.
    const followed: Method = () =>
      followMessage(message, async () => {
        try {
          return await method.apply(instance, args);
        } catch (error) {
          // It hands on no more of an error than its message and its stack.
          if (options?.suppressErrors !== false) markToldStack(error);
          throw error;
        }
      });
    return wrap.call(loader, { [name]: followed }, name, args, options);
  };
}

function eventsOf(method: object): string | undefined {
  const metadata = Reflect.getMetadata(EVENTS, method) as readonly { event: unknown }[] | undefined;
  return metadata?.map(({ event }) => (Array.isArray(event) ? event.join('.') : String(event))).join(', ');
}
