/** What is known of an instance. */
export interface ReplicaState {
  readonly name: string;
  /** The version of the application that it runs; `null` if unknown. */
  readonly appVersion: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** When it started, by its own clock, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When it was last heard of, by the engine's clock, in milliseconds since the epoch. */
  readonly seenAt: number;
  /** The version of the shared state that it has applied; 0 before the first. */
  readonly applied: number;
  /** Whether it was heard of lately: within five of its heartbeats. */
  readonly isUp: boolean;
}

/** The state of replicas. */
export interface ReplicasStatus {
  /** Whether the engine is reached. While it is not, the rest is what was known last. */
  readonly isConnected: boolean;
  /** The version of the shared state; it goes up with each change. */
  readonly version: number;
  /**
   * The version that brought each override, by its id. An instance that has applied that version has the override.
   * Overrides that could not be written yet are missing.
   */
  readonly overrides: Readonly<Record<string, number>>;
  /** Sorted by name. One that is down is forgotten after an hour. */
  readonly instances: readonly ReplicaState[];
}
