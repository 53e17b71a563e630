import { nodeModule } from '../../internal/node-module.js';

/** The signals that ask a process to end and, by default, end it without an `exit` event. */
const SIGNALS: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * Calls `drain` before one of the signals that end a process does so.
 *
 * The application's own listeners come first: this one is there only while a signal has no other, steps aside as soon
 * as one is added, and comes back when the last one goes. The process ends as it would have: by the same signal.
 *
 * Worker threads get no signals, so nothing is added there.
 *
 * @param drain Synchronous, and throws nothing.
 */
export function drainAtSignals(drain: () => void): void {
  if (!nodeModule('node:worker_threads').isMainThread) return;
  const end = (signal: NodeJS.Signals): void => {
    drain();
    process.off('removeListener', comeBack);
    process.off(signal, end);
    process.kill(process.pid, signal);
  };
  const stepAside = (event: string | symbol, listener: unknown): void => {
    if (!isSignal(event) || listener === end) return;
    // Not before the other is there: for a moment without any, Node would stop waiting for the signal.
    process.nextTick(() => {
      if (process.listenerCount(event) > 1) process.off(event, end);
    });
  };
  const comeBack = (event: string | symbol, listener: unknown): void => {
    if (!isSignal(event) || listener === end || process.listenerCount(event) > 0) return;
    // Who takes the last listener away often means to end by that very signal, at once (Nest does): with a listener
    // in its place the signal would come too late for a process that has nothing else to wait for.
    drain();
    process.nextTick(() => {
      if (process.listenerCount(event) === 0) process.on(event, end);
    });
  };
  for (const signal of SIGNALS) if (process.listenerCount(signal) === 0) process.on(signal, end);
  process.on('newListener', stepAside);
  process.on('removeListener', comeBack);
}

function isSignal(event: string | symbol): event is NodeJS.Signals {
  return SIGNALS.has(event as string);
}
