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
