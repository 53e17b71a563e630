import type { ReplicasStatus } from '../overrides/replicas-status.js';

/** The state of replicas, as it is shown. */
export interface ShownReplicas extends ReplicasStatus {
  /** Whether this process shares its overrides with others. */
  readonly isShared: boolean;
  /** The name of the instance that answers. */
  readonly instance: string;
}
