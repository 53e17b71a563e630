import type { PortableRecords } from '../../wire/portable-records.js';

/** The handlers of a worker thread: sections of a configuration, in data that any thread can take. */
export interface WorkerConfig {
  readonly formatters?: Readonly<Record<string, object>> | undefined;
  readonly filters?: Readonly<Record<string, object>> | undefined;
  readonly handlers: Readonly<Record<string, object>>;
}

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly config: WorkerConfig;
  readonly respectHandlerLevel: boolean;
  /** Two cells, {@link DONE} and {@link FAILED}: what the main thread can wait for without letting anything else run. */
  readonly progress: Int32Array;
}

/** The cell that holds how many orders the worker has carried out. */
export const DONE = 0;
/** The cell that is 1 if the worker could not make its handlers. */
export const FAILED = 1;

/**
 * Waits, without letting anything else run, until the worker has carried out so many orders, or failed.
 *
 * @returns Whether it has carried them out.
 */
export function isCarriedOut(progress: Int32Array, orders: number, patienceMs: number): boolean {
  const until = performance.now() + patienceMs;
  for (;;) {
    const done = Atomics.load(progress, DONE);
    const leftMs = until - performance.now();
    if (done >= orders || leftMs <= 0 || Atomics.load(progress, FAILED) === 1) return done >= orders;
    Atomics.wait(progress, DONE, done, leftMs);
  }
}

/** Cells for a worker that is to be started. */
export function newProgress(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Messages of the main thread to the worker. */
export type WorkerOrder =
  | { readonly type: 'records'; readonly records: PortableRecords }
  | { readonly type: 'flush' }
  | { readonly type: 'close' };

/** Messages of the worker: `ready` when its handlers are made, then `done` once for each order, in their order. */
export type WorkerAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly message: string };
