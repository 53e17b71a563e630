import type { Handler } from '../core/handler.js';
import { makeLogRecord } from '../core/record-factory.js';
import type {
  WorkerAnswer,
  WorkerConfig,
  WorkerOrder,
  WorkerStart,
} from '../handlers/support/worker-protocol.js';
import { nodeModule } from '../internal/node-module.js';
import { dictConfig, type StandingConfig } from './dict-configurator.js';
import type { LoggingConfig } from './logging-config.js';

/**
 * What a worker thread of a QueueHandler runs: makes the handlers of its configuration, and hands them the records
 * that come. The handler starts it; there is nothing in it for a program to call.
 */
export function runQueueWorker(): void {
  const { parentPort, workerData } = nodeModule('node:worker_threads');
  const { config, respectHandlerLevel, closed } = workerData as WorkerStart;
  const standing = dictConfig({ version: 1, ...config } as LoggingConfig);
  const handlers = firstHandlers(config, standing);
  const close = async () => {
    await standing.close();
    Atomics.store(closed, 0, 1);
    Atomics.notify(closed, 0);
  };
  // One order after the other, however long each takes.
  let last = Promise.resolve();
  parentPort?.on('message', (order: WorkerOrder) => {
    last = last.then(() => carryOut(order, handlers, respectHandlerLevel, close));
  });
  answer({ type: 'ready' });
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
    else for (const attributes of order.records) handle(attributes, handlers, respectsLevel);
  } catch (error) {
    answer({ type: 'fault', message: String(error) });
  }
  answer({ type: 'done' });
}

function handle(
  attributes: Record<string, unknown>,
  handlers: readonly Handler[],
  respectsLevel: boolean,
): void {
  const record = makeLogRecord(attributes);
  for (const handler of handlers) {
    if (!respectsLevel || record.levelno >= handler.level) handler.handle(record);
  }
}

/** All but those that another handler names: a MemoryHandler's target gets its records from it. */
function firstHandlers(config: WorkerConfig, standing: StandingConfig): Handler[] {
  const named = new Set(
    Object.values(config.handlers as Record<string, { target?: unknown; handlers?: unknown }>).flatMap(
      ({ target, handlers }) => [target, handlers].flat(),
    ),
  );
  return [...standing.handlers].filter(([name]) => !named.has(name)).map(([, handler]) => handler);
}

function answer(message: WorkerAnswer): void {
  nodeModule('node:worker_threads').parentPort?.postMessage(message);
}
