import { AsyncLocalStorage } from 'node:async_hooks';
import { globalSlot } from '../../internal/global-slot.js';

const scope = globalSlot('export-scope.1', () => new AsyncLocalStorage<true>());

/**
 * Runs what sends records away, marked as such, with everything it starts.
 *
 * A client that is instrumented logs its requests: those of our own exports would be exported again, without end.
 * Handlers that send drop what is logged in here ({@link isExporting}).
 */
export function runAsExport<T>(work: () => T): T {
  return scope.run(true, work);
}

/** Whether the running code was started by an export of records. */
export function isExporting(): boolean {
  return scope.getStore() === true;
}
