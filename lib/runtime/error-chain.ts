/** The cause of an error, if it has one; a getter that throws reads as none. */
export function causeOf(error: unknown): unknown {
  try {
    return (error as { cause?: unknown } | null | undefined)?.cause;
  } catch {
    return undefined;
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
