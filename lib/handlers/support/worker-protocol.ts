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
  /** One cell: 1 once everything is handled and the handlers are closed. */
  readonly closed: Int32Array;
}

/** What the main thread tells the worker. */
export type WorkerOrder =
  | { readonly type: 'records'; readonly records: readonly Record<string, unknown>[] }
  | { readonly type: 'flush' }
  | { readonly type: 'close' };

/** What the worker says: `ready` when its handlers are made, then `done` once for each order, in their order. */
export type WorkerAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'done' }
  | { readonly type: 'fault'; readonly message: string };
