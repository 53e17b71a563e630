/**
 * Calls back each time the process gets a signal; the signal then no longer ends it.
 *
 * @returns Stops that.
 */
export function onSignal(signal: NodeJS.Signals, called: () => void): () => void {
  process.on(signal, called);
  return () => {
    process.off(signal, called);
  };
}
