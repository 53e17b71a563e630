import { setLastResort } from '../../lib/core/last-resort.js';
import { state } from '../../lib/core/state.js';

const levelNames = [...state.levelToName];
const levelNumbers = [...state.nameToLevel];

/** Puts logging back to what it is in a fresh process; handlers that are open are left to their owners. */
export function resetLogging(): void {
  state.levelToName.clear();
  state.nameToLevel.clear();
  for (const [number, name] of levelNames) state.levelToName.set(number, name);
  for (const [name, number] of levelNumbers) state.nameToLevel.set(name, number);
  state.handlersByName.clear();
  state.openHandlers = new Set();
  state.manager = undefined;
  state.recordFactory = undefined;
  state.loggerClass = undefined;
  state.contextProvider = undefined;
  state.raiseExceptions = true;
  state.strictCalls = false;
  setLastResort(undefined);
}

/** The same, with log calls as strict as Python's: for what proves that we do as it does. */
export function resetLoggingAsPython(): void {
  resetLogging();
  state.strictCalls = true;
}
