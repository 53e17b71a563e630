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
  state.openHandlers = [];
  state.manager = undefined;
  state.recordFactory = undefined;
  state.loggerClass = undefined;
  state.contextProvider = undefined;
  state.raiseExceptions = true;
  setLastResort(undefined);
}
