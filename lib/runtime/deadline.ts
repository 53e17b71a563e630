/** How {@link withDeadline} waits. */
export interface DeadlineOptions {
  /** Whether the wait keeps the process alive; default true. */
  readonly keepsAlive?: boolean;
}

/**
 * Waits for work, but not longer than `limitMs` milliseconds.
 *
 * @param late Called when the time is up: what it returns is the result, what it throws the error.
 * @throws What `work` rejects with, or what `late` throws.
 */
export async function withDeadline<T, L>(
  work: T | Promise<T>,
  limitMs: number,
  late: () => L,
  { keepsAlive = true }: DeadlineOptions = {},
): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
    if (!keepsAlive) timer.unref();
  }).then(late);
  try {
    return await Promise.race([work, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until work is done, or for `limitMs` milliseconds, whichever comes first. @throws What `work` rejects with. */
export async function waitAtMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  await withDeadline(work, limitMs, () => undefined);
}

/** Longer waits than this, in milliseconds, do not keep the process alive by themselves; what is waited for may do. */
const LONG_MS = 60_000;

/** Resolves like the answer to a question, or rejects when it takes too long. The signal is then aborted. */
export async function answerInTime<T>(
  ask: (signal: AbortSignal) => T | Promise<T>,
  outer: AbortSignal,
  timeoutMs: number,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(outer.reason);
  // Not `AbortSignal.any`, which in some versions of Node keeps its result as long as the outer signal lives.
  outer.addEventListener('abort', abort, { once: true });
  const late = (): never => {
    const error = new Error(`no answer within ${timeoutMs} ms`);
    controller.abort(error);
    throw error;
  };
  try {
    return await withDeadline(ask(controller.signal), timeoutMs, late, { keepsAlive: timeoutMs <= LONG_MS });
  } finally {
    outer.removeEventListener('abort', abort);
  }
}

/** Resolves like `work`, or rejects as soon as the signal is aborted. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

/** Resolves after `waitMs` milliseconds; does not keep the process alive. */
export function pause(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs).unref());
}
