import { AsyncLocalStorage } from 'node:async_hooks';
import { globalSlot } from '../../runtime/global-slot.js';

const scope = globalSlot('export-scope.1', () => new AsyncLocalStorage<true | object>());

/**
 * Runs code that sends records, marked as such, with everything it starts.
 *
 * An instrumented client logs its requests: those of our own exports would be exported again, without end.
 * Handlers that send drop what is logged inside ({@link isExporting}).
 */
export function runAsExport<T>(work: () => T): T {
  return scope.run(true, work);
}

/**
 * Whether the running code was started by an export of records.
 *
 * @param handler Also counts handling a failure of this one, see {@link runAsFailureOf}.
 */
export function isExporting(handler?: object): boolean {
  const store = scope.getStore();
  return store === true || (store !== undefined && store === handler);
}

/**
 * Runs user code for records that a handler could not send: what it logs goes to all handlers except this
 * one, which could not send it either.
 */
export function runAsFailureOf<T>(handler: object, work: () => T): T {
  return scope.run(handler, work);
}
