import type { OverrideScope } from '../overrides/override-scope.js';

/** An override as it is shown: its levels by name, and how far it has come. */
export interface ShownOverride {
  readonly id: string;
  /** Name of a group or a logger. */
  readonly target: string;
  readonly level: string;
  readonly levelno: number;
  readonly scope: OverrideScope;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly by: string | null;
  readonly reason: string | null;
  /** Records after which it ends in an instance; `null` for no limit. */
  readonly budget: number | null;
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
