import { replaceMethod, type Undo, UndoList } from '../instrumentation.js';
import { expectInternal } from '../internals/expected-internals.js';
import { typeName } from '../work/type-name.js';
import { followMessage } from './follow-message.js';
import { Message } from './message.js';
import { cutPattern } from './pattern-text.js';

/** The part of `@nestjs/bullmq` that is used here: every processor gets its worker by this method. */
export interface BullExplorer {
  handleProcessor(instance: BullProcessor, queue: string, ...rest: unknown[]): unknown;
}

interface BullProcessor {
  readonly _worker?: BullWorker;
}

/** The part of a BullMQ worker that is used: each job goes through the first, each event through the second. */
interface BullWorker {
  callProcessJob?(job: BullJob, ...rest: unknown[]): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}

interface BullJob {
  readonly id?: unknown;
  readonly name: string;
  readonly attemptsMade: number;
}

/** What BullMQ's processors throw to postpone a job. */
const POSTPONING: ReadonlySet<unknown> = new Set([
  'DelayedError',
  'RateLimitError',
  'WaitingChildrenError',
  'WaitingError',
]);

/** Follows the jobs of BullMQ's workers: each run is a message, and the events of a job belong to its last run. */
export function watchBullProcessors(explorer: BullExplorer, usesContext: boolean): Undo {
  const undos = new UndoList();
  const undoExplorer = replaceMethod(
    explorer,
    'handleProcessor',
    (handle: BullExplorer['handleProcessor']) =>
      function (this: unknown, instance: BullProcessor, queue: string, ...rest: unknown[]) {
        const result: unknown = Reflect.apply(handle, this, [instance, queue, ...rest]);
        const { _worker: worker } = instance;
        if (expectInternal('processorWorker', worker !== undefined))
          undos.add(...watchWorker(worker as BullWorker, queue, typeName(instance), usesContext));
        return result;
      },
  );
  undos.add(undoExplorer);
  return undos.undo;
}

function watchWorker(worker: BullWorker, queue: string, controller: string, usesContext: boolean): Undo[] {
  expectInternal('workerRun', typeof worker.callProcessJob === 'function');
  const messages = new WeakMap<BullJob, Message>();
  // A run begins with its first event, before the processor is called.
  const messageOf = (job: BullJob): Message => {
    const known = messages.get(job);
    if (known !== undefined) return known;
    const fields = {
      ...{ transport: 'bullmq', type: 'job', controller, handler: 'process' },
      ...{ queue, job_id: String(job.id), attempt: job.attemptsMade + 1 },
    };
    const message = new Message(
      {
        kind: 'bullmq',
        pattern: cutPattern(`${queue}.${job.name}`),
        fields,
        isPostponed,
      },
      usesContext,
    );
    messages.set(job, message);
    return message;
  };
  return [
    replaceMethod(
      worker,
      'callProcessJob',
      (call: NonNullable<BullWorker['callProcessJob']>) =>
        function (this: unknown, job: BullJob, ...rest: unknown[]) {
          return followMessage(messageOf(job), () => Reflect.apply(call, this, [job, ...rest]));
        },
    ),
    replaceMethod(
      worker,
      'emit',
      (emit: BullWorker['emit']) =>
        function (this: unknown, event: string, ...args: unknown[]) {
          const run = (): unknown => Reflect.apply(emit, this, [event, ...args]);
          const [job] = args;
          return isJob(job) ? messageOf(job).run(run) : run();
        },
    ),
  ];
}

function isJob(value: unknown): value is BullJob {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false;
  const { name, attemptsMade } = value as Partial<BullJob>;
  return typeof name === 'string' && typeof attemptsMade === 'number';
}

function isPostponed(thrown: unknown): boolean {
  return POSTPONING.has((thrown as { name?: unknown } | null | undefined)?.name);
}
