/** Resolves like `sending`, or rejects as soon as the signal is aborted. */
export async function orAborted(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([sending, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

/** Resolves like a promise, or rejects when it takes too long. Its signal is then aborted. */
export async function answerInTime<T>(
  start: (signal: AbortSignal) => T | Promise<T>,
  outer: AbortSignal,
  timeoutMs: number,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(outer.reason);
  // Not `AbortSignal.any`, which in some versions of Node keeps its result as long as the outer signal lives.
  outer.addEventListener('abort', abort, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${timeoutMs} ms`);
      controller.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([start(controller.signal), late]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  }
}
