import type { Worker } from 'node:worker_threads';
import { LoggingError } from '../../../core/errors.js';
import { nodeModule } from '../../../runtime/node-module.js';
import { findWorkerProgram } from '../../../runtime/worker-program.js';
import { DONE, FAILED, type WorkerStart } from './worker-protocol.js';

/**
 * What a worker runs first: finds this package again by its address. A data URL, so that module hooks hold in it too.
 * The main thread may be waiting for it, and hear of nothing else meanwhile.
 */
const BOOT = `data:text/javascript,import { workerData } from 'node:worker_threads';
import(workerData.module).catch((error) => {
  Atomics.store(workerData.progress, ${FAILED}, 1);
  Atomics.notify(workerData.progress, ${DONE});
  throw error;
});`;

/** Starts a worker thread of a QueueHandler. @throws What Node does if it starts none. */
export function startQueueWorker(start: WorkerStart): Worker {
  const { Worker } = nodeModule('node:worker_threads');
  const module = findWorkerProgram().href;
  return new Worker(new URL(BOOT), { workerData: { module, ...start }, name: 'nestjs-logging' });
}

/**
 * Checks what can be known before a worker is started, and while a configuration can still be refused.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` if this process may start no worker, or has no program for one.
 */
export function assertWorkersStart(): void {
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  if (permission !== undefined && !permission.has('worker')) {
    throw cannotStart(
      "Node's permission model forbids this process to start worker threads; start it with --allow-worker, or give 'handlers' in place of 'worker'",
    );
  }
  try {
    findWorkerProgram();
  } catch (error) {
    throw cannotStart((error as Error).message, error);
  }
}

function cannotStart(reason: string, cause?: unknown): LoggingError {
  return new LoggingError('ERR_LOGGING_OPTIONS', `QueueHandler.worker: ${reason}`, { cause });
}
