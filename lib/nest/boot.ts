import { globalSlot } from '../internal/global-slot.js';
import { giveUpRecords, holdRecords, isHoldingRecords } from './held-records.js';
import { flushStanding } from './live-logging.js';
import { standUpWithoutContainer } from './logging-configurator.js';
import type { LoggingDeclaration } from './logging-declaration.js';

const slot = globalSlot('nest.boot.1', (): { declarations: LoggingDeclaration[] } => ({ declarations: [] }));

/** An application takes the module in: from here on what it and Nest log is held until the configuration stands. */
export function beginBoot(declaration: LoggingDeclaration): void {
  slot.declarations.push(declaration);
  holdRecords();
}

/** The configuration stands. */
export function endBoot(): void {
  slot.declarations = [];
}

/**
 * The application failed to start, and the process may end at once: brings out what is held and what `report` logs,
 * to the handlers of the configuration if they can be had, else to standard error.
 */
export function reportBootFailure(report: () => void): void {
  if (!isHoldingRecords()) {
    report();
    flushStanding();
    return;
  }
  const stands = standUpWithoutContainer(slot, slot.declarations);
  endBoot();
  report();
  if (stands) flushStanding();
  else giveUpRecords();
}
