import type { Override } from '../overrides/override.js';
import type { ReplicasStatus } from '../overrides/replicas-status.js';

// What the API returns. These types are the page's too, so nothing is imported that a browser lacks.

/** An override as it is shown: its level by name, and how far it has come. */
export interface ShownOverride extends Omit<Override, 'level'> {
  /** The name of its level. */
  readonly level: string;
  /** Its level as a number. */
  readonly levelno: number;
  /** Records until it ends in this instance; `null` for no limit. */
  readonly budgetLeft: number | null;
  /** Which of the instances that it is for have applied it; `null` where nothing is shared. */
  readonly acknowledgements: Acknowledgements | null;
}

/** Names of instances, by whether they have applied an override. */
export interface Acknowledgements {
  readonly applied: readonly string[];
  /** They are up and have not reported it yet. */
  readonly pending: readonly string[];
  /** They have not, and have not been heard from for a while. */
  readonly down: readonly string[];
}

/** A logger as it is shown. */
export interface ShownLogger {
  readonly name: string;
  /** Name of the logger above; `null` for the root. */
  readonly parent: string | null;
  /** Its own level; `null` if it takes that of the logger above. */
  readonly level: string | null;
  readonly effectiveLevel: string;
  /** Whose level it is. */
  readonly levelOf: string;
  /** Id of the override that sets it; `null` for none. */
  readonly override: string | null;
  readonly disabled: boolean;
  readonly propagate: boolean;
  readonly handlers: readonly string[];
  readonly filters: readonly string[];
}

/** The state of replicas, as it is shown. */
export interface ShownReplicas extends ReplicasStatus {
  /** Whether this process shares its overrides with others. */
  readonly isShared: boolean;
  /** The name of the instance that answers. */
  readonly instance: string;
}
