/** The cause of an error, if it has one; a getter that throws reads as none. */
export function causeOf(error: unknown): unknown {
  try {
    return (error as { cause?: unknown } | null | undefined)?.cause;
  } catch {
    return undefined;
  }
}

/** What a SuppressedError has: what was thrown last, and what was thrown before, which is lost without it. */
export const SUPPRESSION = ['error', 'suppressed'] as const;

/**
 * Whether an error is a SuppressedError, which `using` throws where the block failed and closing failed too: natively, or as
 * compilers make one for engines that have none. A proxy whose traps throw is none.
 */
export function isSuppressedError(error: object): boolean {
  try {
    if (!Object.hasOwn(error, 'suppressed') || !Object.hasOwn(error, 'error')) return false;
    // Natively both are hidden, in subclasses of another name too.
    return (
      !Object.prototype.propertyIsEnumerable.call(error, 'suppressed') ||
      (error as { name?: unknown }).name === 'SuppressedError'
    );
  } catch {
    return false;
  }
}

/** Something thrown, its cause, the cause of that, and so on: at most `most` of them, each once. */
export function* errorChain(thrown: unknown, most: number): Generator<unknown> {
  const seen: unknown[] = [];
  for (let error = thrown; error !== undefined && error !== null && seen.length < most; ) {
    if (seen.includes(error)) return;
    seen.push(error);
    yield error;
    error = causeOf(error);
  }
}
