import type { ModulesContainer } from '@nestjs/core';
import { replaceMethod, type Undo, UndoList } from '../instrumentation.js';
import { expectInternal } from '../internals/expected-internals.js';
import { explorersIn } from '../internals/explorers.js';
import { MARKS } from '../internals/marks.js';
import { EVENT_CONTEXT, hasLogger } from '../internals/nest-loggers.js';
import { markLoggedStack } from '../work/logged-failures.js';
import { typeName } from '../work/type-name.js';
import { type BullExplorer, watchBullProcessors } from './bullmq-instrumentation.js';
import { followMessage } from './follow-message.js';
import { Message } from './message.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The part of `@nestjs/schedule` that is used here: every job it starts goes through this method. */
interface ScheduleExplorer {
  wrapFunctionInTryCatchBlocks?(method: Method, instance: object): Method;
}

/** The part of `@nestjs/event-emitter` that is used here: every listener is called by this method. */
interface EventSubscribersLoader {
  wrapFunctionInTryCatchBlocks?(
    instance: Record<string, Method>,
    name: string,
    args: unknown[],
    options: { readonly suppressErrors?: boolean } | undefined,
  ): Promise<unknown>;
}

/** By the numbers of `@nestjs/schedule`. */
const KINDS: Readonly<Record<number, string>> = { 1: 'cron', 2: 'timeout', 3: 'interval' };

/**
 * Instruments the jobs of `@nestjs/schedule` and `@nestjs/bullmq` and the listeners of `@nestjs/event-emitter`, where
 * an application has them.
 *
 * Calls that the application makes to such a method itself are calls, not jobs. Must be called before the packages
 * look for their jobs.
 */
export function watchJobs(modules: ModulesContainer, usesContext: boolean): Undo {
  const undos = new UndoList();
  const { jobs, events, processors } = explorersIn(modules);
  for (const explorer of jobs) undos.add(watchSchedule(explorer, usesContext));
  for (const loader of events) undos.add(watchEvents(loader, usesContext));
  for (const explorer of processors) undos.add(watchBullProcessors(explorer as BullExplorer, usesContext));
  return undos.undo;
}

function watchSchedule(explorer: ScheduleExplorer, usesContext: boolean): Undo {
  expectInternal('jobLogger', hasLogger(explorer, 'Scheduler'));
  return replaceMethod(
    explorer,
    'wrapFunctionInTryCatchBlocks',
    (wrap: NonNullable<ScheduleExplorer['wrapFunctionInTryCatchBlocks']>) =>
      function (this: unknown, method: Method, instance: object, ...rest: unknown[]) {
        const controller = typeName(instance);
        const name = Reflect.getMetadata(MARKS.jobName, method) as unknown;
        const pattern = typeof name === 'string' && name !== '' ? name : `${controller}.${method.name}`;
        const type = KINDS[Number(Reflect.getMetadata(MARKS.jobType, method))];
        expectInternal('jobType', type !== undefined);
        const fields = { transport: 'schedule', type: type ?? 'job', controller, handler: method.name };
        const followed: Method = function (...args) {
          const message = new Message({ kind: 'schedule', pattern, fields }, usesContext);
          return followMessage(message, () => method.apply(this, args));
        };
        return Reflect.apply(wrap, this, [followed, instance, ...rest]) as Method;
      },
  );
}

function watchEvents(loader: EventSubscribersLoader, usesContext: boolean): Undo {
  expectInternal('eventLogger', hasLogger(loader, EVENT_CONTEXT));
  return replaceMethod(
    loader,
    'wrapFunctionInTryCatchBlocks',
    (wrap: NonNullable<EventSubscribersLoader['wrapFunctionInTryCatchBlocks']>) =>
      function (
        this: unknown,
        instance: Record<string, Method>,
        name: string,
        args: unknown[],
        options: { readonly suppressErrors?: boolean } | undefined,
        ...rest: unknown[]
      ) {
        const method = instance[name] as Method;
        const fields = { transport: 'event', controller: typeName(instance), handler: name };
        const message = new Message(
          { kind: 'event', pattern: eventsOf(method) ?? name, fields, isLocal: true },
          usesContext,
        );
        // The loader calls the method on the given object, and catches errors.
        const followed: Method = () =>
          followMessage(message, async () => {
            try {
              return await method.apply(instance, args);
            } catch (error) {
              // Nest passes on only the message and the stack of an error.
              if (options?.suppressErrors !== false) markLoggedStack(error);
              throw error;
            }
          });
        return Reflect.apply(wrap, this, [
          { [name]: followed },
          name,
          args,
          options,
          ...rest,
        ]) as Promise<unknown>;
      },
  );
}

function eventsOf(method: object): string | undefined {
  const metadata = Reflect.getMetadata(MARKS.eventListener, method) as
    | readonly { event: unknown }[]
    | undefined;
  expectInternal('eventListener', metadata !== undefined);
  return metadata?.map(({ event }) => (Array.isArray(event) ? event.join('.') : String(event))).join(', ');
}
