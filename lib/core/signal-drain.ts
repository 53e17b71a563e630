import { nodeModule } from '../runtime/node-module.js';

/**
 * The signals that, by default, end a process without an `exit` event, and that a program may listen to.
 *
 * Left out: what cannot be caught (SIGKILL); what Node uses itself (SIGUSR1 starts the debugger, SIGPROF is the
 * profiler's) or ignores (SIGPIPE, SIGXFSZ); and CPU faults (SIGSEGV and the like), after which no
 * JavaScript can run.
 */
const SIGNALS: ReadonlySet<string> = new Set([
  ...['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGABRT', 'SIGBREAK'],
  ...['SIGALRM', 'SIGVTALRM', 'SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'],
]);

/** What is done on a signal; all are synchronous and throw nothing. */
export interface SignalDrain {
  /** Writes what is buffered, and from now on writes everything at once; the process may go on. */
  beginWritingThrough(): void;
  /** The process goes on: new records may be buffered again. */
  endWritingThrough(): void;
  /** The same, and the process ends now. */
  end(): void;
}

/**
 * Writes what is buffered before a signal ends the process.
 *
 * The application's own listeners come first: this one is there only while a signal has no other, steps aside as soon
 * as one is added, and comes back when the last one goes. The process ends as it would have: by the same signal.
 *
 * Worker threads get no signals, so nothing is added there.
 *
 * @returns Undoes it.
 */
export function drainAtSignals({ beginWritingThrough, endWritingThrough, end }: SignalDrain): () => void {
  if (isWorker()) return () => undefined;
  let isOver = false;
  const listener = (signal: NodeJS.Signals): void => {
    end();
    stop();
    process.kill(process.pid, signal);
  };
  const stepAside = (event: string | symbol, other: unknown): void => {
    if (!isSignal(event) || other === listener) return;
    // Not before the other is there: for a moment without any, Node would stop waiting for the signal.
    process.nextTick(() => {
      if (process.listenerCount(event) > 1) process.off(event, listener);
    });
  };
  const comeBack = (event: string | symbol, other: unknown): void => {
    if (!isSignal(event) || other === listener || process.listenerCount(event) > 0) return;
    // Code that removes the last listener often wants to end by that very signal, at once (Nest does): with a listener
    // in its place the signal would come too late for a process that has nothing else to wait for.
    beginWritingThrough();
    process.nextTick(() => {
      endWritingThrough();
      if (!isOver && process.listenerCount(event) === 0) listenTo(event, listener);
    });
  };
  const stop = (): void => {
    isOver = true;
    process.off('newListener', stepAside);
    process.off('removeListener', comeBack);
    for (const signal of SIGNALS) process.off(signal, listener);
  };
  for (const signal of SIGNALS) {
    if (isSignal(signal) && process.listenerCount(signal) === 0) listenTo(signal, listener);
  }
  process.on('newListener', stepAside);
  process.on('removeListener', comeBack);
  return stop;
}

function listenTo(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void {
  try {
    process.on(signal, listener);
  } catch {
    // This system has the signal, but lets nobody listen to it.
  }
}

function isSignal(event: string | symbol): event is NodeJS.Signals {
  if (!SIGNALS.has(event as string)) return false;
  // Loading the module with the names would take a millisecond of the first record that is buffered.
  return process.platform === 'linux'
    ? event !== 'SIGBREAK'
    : event in nodeModule('node:os').constants.signals;
}

/**
 * Whether this is a worker thread. Node marks what workers cannot do; asking its module for threads would take
 * milliseconds to load it.
 */
function isWorker(): boolean {
  return (process.chdir as { readonly disabled?: boolean }).disabled === true;
}
