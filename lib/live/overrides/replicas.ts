import type { LiveInstance } from './live-instance.js';
import type { Override } from './override.js';
import type { LocalChange } from './override-registry.js';
import type { ReplicasStatus } from './replicas-status.js';

/** What a process offers to the code that synchronises it with its replicas. */
export interface ReplicaHost {
  readonly instance: LiveInstance;
  /** The overrides that are valid here. */
  list(): readonly Override[];
  /** Takes over what the replicas share; what is not in it ends here. */
  reconcile(overrides: readonly Override[]): void;
  /** Calls a function for each change made here. @returns A function that removes it. */
  onLocalChange(listener: (change: LocalChange) => void): () => void;
}

/** Synchronises a process with its replicas. It must never block the application or throw into it. */
export interface Replicas {
  /** Begins: reads the shared state, and gives it to the host now and whenever it changes. */
  start(host: ReplicaHost): void;
  /** Ends. Resolves when the instance has signed off, or failed to. */
  stop(): Promise<void>;
  /** The state of replicas, as far as known. */
  status(): ReplicasStatus;
}
