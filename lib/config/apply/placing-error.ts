/** What failed while a part of a configuration was put in place, and where. */
export class PlacingError extends Error {
  constructor(
    /** The place in the configuration. */
    readonly path: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs a step in which user code may throw: filters that are attached, methods of derived classes. */
export function at(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw error instanceof PlacingError ? error : new PlacingError(path, error);
  }
}
