import { giveUpRecords, isHoldingRecords } from './held-records.js';
import { flushStanding, holdForBoot, leave } from './live-logging.js';
import { standUpWithoutContainer } from './logging-configurator.js';
import type { LoggingDeclaration } from './logging-declaration.js';
import { perRegistry } from './per-registry.js';

interface Boot {
  /** What the application that is starting has taken in. */
  declarations: LoggingDeclaration[];
  /** Applications whose configuration stands, but whose modules do not yet: what undoes the one if the others fail. */
  readonly underway: Map<object, (() => void)[]>;
}

const bootHere = perRegistry('nest.boot.2', (): Boot => ({ declarations: [], underway: new Map() }));

/** An application takes the module in: from here on what it and Nest log is held until the configuration stands. */
export function beginBoot(declaration: LoggingDeclaration): void {
  bootHere().declarations.push(declaration);
  holdForBoot();
}

/** The configuration stands. */
export function endBoot(): void {
  bootHere().declarations = [];
}

/**
 * Says what is to be done if an application whose configuration stands does not start after all: then nobody can
 * close it.
 */
export function undoIfBootFails(application: object, undo: () => void): void {
  const { underway } = bootHere();
  underway.set(application, [...(underway.get(application) ?? []), undo]);
}

/** The application has started, or failed to where whoever started it can close it. */
export function isUp(application: object): void {
  bootHere().underway.delete(application);
}

/**
 * The application failed to start, and the process may end at once: brings out what is held and what `report` logs,
 * to the handlers of the configuration if they can be had, else to standard error.
 */
export function reportBootFailure(report: () => void): void {
  if (!isHoldingRecords()) {
    report();
    flushStanding();
    undoUnderway();
    return;
  }
  const application = {};
  const stands = standUpWithoutContainer(application, bootHere().declarations);
  endBoot();
  report();
  if (stands) flushStanding();
  else giveUpRecords();
  void leave(application);
}

function undoUnderway(): void {
  const { underway } = bootHere();
  const undoings = [...underway.values()].flat();
  underway.clear();
  for (const undo of undoings) undo();
}
