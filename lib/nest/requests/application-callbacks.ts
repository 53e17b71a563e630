import { types } from 'node:util';
import type { Fields } from '../../core/records/log-record.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { propertyOf } from '../../runtime/hostile-values.js';

/**
 * Calls a function that the application gave as an option. What it throws is reported and does not reach the request;
 * so is a promise, which cannot be awaited here.
 *
 * @param option The option's name, for the report.
 * @returns What it answered; `undefined` where it failed.
 */
export function callOption<T>(option: string, call: () => T): T | undefined {
  try {
    const answer = call();
    if (!isThenable(answer)) return answer;
    // An unhandled rejection would end the process.
    if (types.isPromise(answer)) answer.catch(() => undefined);
    throw new TypeError(`${option} returned a promise; it must answer at once`);
  } catch (error) {
    reportLoggingError({ toString: () => `<${option} of LoggingModule>` }, undefined, error);
    return undefined;
  }
}

/**
 * Calls a function of the application that gives fields.
 *
 * @returns A copy of them, so that no getter of theirs throws later; `undefined` where there are none, or it failed.
 */
export function callFieldsOption(option: string, call: () => unknown): Fields | undefined {
  const fields = callOption(option, call);
  if (fields === undefined || fields === null) return undefined;
  return callOption(option, () => {
    if (typeof fields !== 'object' || Array.isArray(fields))
      throw new TypeError(
        `${option} returned ${Array.isArray(fields) ? 'an array' : `a ${typeof fields}`}; expected an object of fields, or undefined`,
      );
    // A field whose getter throws is the only one that is missing.
    return Object.fromEntries(Object.keys(fields).map((key) => [key, propertyOf(fields, key)]));
  });
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
