/**
 * Runs a function, then another even if the first failed; waits for promises.
 *
 * @param run Its result is returned.
 * @param finish Called once, when `run` has returned or thrown, or when its promise is settled.
 */
export function afterwards<T>(run: () => T, finish: () => void | Promise<void>): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    void finish();
    throw error;
  }
  if (isThenable(result)) return settle(result, finish) as T;
  void finish();
  return result;
}

async function settle(pending: PromiseLike<unknown>, finish: () => void | Promise<void>): Promise<unknown> {
  try {
    return await pending;
  } finally {
    await finish();
  }
}

/** True for promises of any realm, and for what can be awaited like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
