/** A request, by its access record. */
export interface RequestRow {
  /** Number of its access record. */
  readonly seq: number;
  /** When it was over, in milliseconds since the epoch. */
  readonly time: number;
  readonly levelno: number;
  readonly request_id: unknown;
  readonly method: unknown;
  readonly path: unknown;
  readonly route: unknown;
  readonly status: unknown;
  readonly duration_ms: unknown;
  readonly aborted: unknown;
  readonly user: unknown;
  readonly trace_id: unknown;
  /** Class and message of what was thrown, if anything was. */
  readonly error: unknown;
  readonly reason: unknown;
}
