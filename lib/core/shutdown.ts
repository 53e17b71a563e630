import { withDeadline } from '../runtime/deadline.js';
import type { FilterObject } from './filter-like.js';
import { type Handler, openHandlers } from './handler.js';
import { reportLoggingError } from './reports/diagnostics.js';

/** How long one handler may take to flush and to close, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Flushes and closes every open handler, the last made first; errors are reported and stop nothing.
 *
 * @returns A promise that resolves when all are done; a handler that takes longer than 5 s is not waited for.
 * @see https://docs.python.org/3/library/logging.html#logging.shutdown
 */
export async function shutdown(): Promise<void> {
  await closeHandlers(openHandlers());
}

/**
 * Flushes and closes handlers, the last of the list first.
 *
 * What is synchronous is done before this returns, so it also works where nothing can be awaited.
 */
export async function closeHandlers(handlers: readonly Handler[]): Promise<void> {
  for (const handler of [...handlers].reverse()) {
    for (const step of [
      () => flushFilters(handler),
      () => flushUnlessKept(handler),
      () => handler.close(),
      () => detachFilters(handler),
    ]) {
      const pending = attempt(handler, step);
      if (pending !== undefined) await pending;
    }
  }
}

/** Starts flushing handlers, the last of the list first; what is synchronous is done when this returns. */
export function startFlushing(handlers: readonly Handler[]): void {
  for (const handler of [...handlers].reverse()) void attempt(handler, () => flushUnlessKept(handler));
}

/** Filters that count suppressed records log a last summary. */
function flushFilters(handler: Handler): void {
  for (const filter of handler.filters) (filter as Partial<FilterObject>).flush?.();
}

/** Filters may go on with other handlers: what they log is not for this one any more, and does not keep it in memory. */
function detachFilters(handler: Handler): void {
  for (const filter of handler.filters) (filter as Partial<FilterObject>).detached?.(handler);
}

/** A MemoryHandler may be configured to drop its buffer. */
function flushUnlessKept(handler: Handler & { readonly flushOnClose?: boolean }): void | Promise<void> {
  return handler.flushOnClose === false ? undefined : handler.flush();
}

function attempt(handler: Handler, step: () => void | Promise<void>): Promise<void> | undefined {
  const report = (error: unknown) => reportLoggingError(handler, undefined, error);
  try {
    const pending = step();
    return pending instanceof Promise ? finish(pending, handler).catch(report) : undefined;
  } catch (error) {
    report(error);
    return undefined;
  }
}

function finish(pending: Promise<void>, handler: Handler): Promise<void> {
  return withDeadline(pending, PATIENCE_MS, () => {
    throw new Error(`${String(handler)} did not finish within ${PATIENCE_MS} ms`);
  });
}
