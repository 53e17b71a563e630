import type { Handler } from '../../core/handler.js';
import type { LogRecord } from '../../core/records/log-record.js';
import {
  DONE,
  FAILED,
  type WorkerAnswer,
  type WorkerConfig,
  type WorkerOrder,
  type WorkerStart,
} from '../../handlers/queue/worker/worker-protocol.js';
import { arrivedRecords } from '../../handlers/wire/portable-records.js';
import { nodeModule } from '../../runtime/node-module.js';
import type { LoggingConfig } from '../plan/logging-config.js';
import { type ActiveConfig, dictConfig } from './dict-configurator.js';

/**
 * What a worker thread of a QueueHandler runs: makes the handlers of its configuration, and passes them the records
 * that come. The handler starts it; there is nothing in it for a program to call.
 */
export function runQueueWorker(): void {
  const { parentPort, workerData } = nodeModule('node:worker_threads');
  const { config, respectHandlerLevel, progress } = workerData as WorkerStart;
  const active = applyIn(config, progress);
  const handlers = firstHandlers(config, active);
  // One order after the other, however long each takes.
  let last = Promise.resolve();
  parentPort?.on('message', (order: WorkerOrder) => {
    last = last
      .then(() => carryOut(order, handlers, respectHandlerLevel, () => active.close()))
      .then(() => {
        Atomics.add(progress, DONE, 1);
        Atomics.notify(progress, DONE);
        answer({ type: 'done' });
      });
  });
  answer({ type: 'ready' });
}

/** The main thread may be waiting for this worker, and hear of nothing else meanwhile. */
function applyIn(config: WorkerConfig, progress: Int32Array): ActiveConfig {
  try {
    return dictConfig({ version: 1, ...config } as LoggingConfig);
  } catch (error) {
    Atomics.store(progress, FAILED, 1);
    Atomics.notify(progress, DONE);
    throw error;
  }
}

async function carryOut(
  order: WorkerOrder,
  handlers: readonly Handler[],
  respectsLevel: boolean,
  close: () => Promise<void>,
): Promise<void> {
  try {
    if (order.type === 'close') await close();
    else if (order.type === 'flush') await Promise.all(handlers.map((handler) => handler.flush()));
    else for (const record of arrivedRecords(order.records)) handle(record, handlers, respectsLevel);
  } catch (error) {
    answer({ type: 'error', message: String(error) });
  }
}

function handle(record: LogRecord, handlers: readonly Handler[], respectsLevel: boolean): void {
  for (const handler of handlers) {
    if (!respectsLevel || record.levelno >= handler.level) handler.handle(record);
  }
}

/** All but those that another handler names: a MemoryHandler's target gets its records from it. */
function firstHandlers(config: WorkerConfig, active: ActiveConfig): Handler[] {
  const named = new Set(
    Object.values(config.handlers as Record<string, { target?: unknown; handlers?: unknown }>).flatMap(
      ({ target, handlers }) => [target, handlers].flat(),
    ),
  );
  return [...active.handlers].filter(([name]) => !named.has(name)).map(([, handler]) => handler);
}

function answer(message: WorkerAnswer): void {
  nodeModule('node:worker_threads').parentPort?.postMessage(message);
}
