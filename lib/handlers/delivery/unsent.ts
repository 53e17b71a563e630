import { globalSlot } from '../../runtime/global-slot.js';

/** Something that has records to send. */
export interface Unsent {
  /** Reports what is lost now that the process ends. Synchronous. */
  reportLost(): void;
}

const unsent = globalSlot('unsent.1', () => ({
  senders: new Set<Unsent>(),
  isEnding: false,
  // Of the copy of this package whose listener it is.
  stopListening: undefined as (() => void) | undefined,
}));

/** Has a sender report, when the process ends, what it has not sent by then; until {@link nothingUnsent}. */
export function mayBeUnsent(sender: Unsent): void {
  unsent.senders.add(sender);
  if (unsent.stopListening !== undefined) return;
  process.on('exit', reportAll);
  unsent.stopListening = () => process.off('exit', reportAll);
}

/** Undoes {@link mayBeUnsent}. */
export function nothingUnsent(sender: Unsent): void {
  unsent.senders.delete(sender);
  if (unsent.senders.size > 0) return;
  unsent.stopListening?.();
  unsent.stopListening = undefined;
}

/** Whether the process ends: no later report can have the number of those that are left out now. */
export function isEndOfReports(): boolean {
  return unsent.isEnding;
}

function reportAll(): void {
  unsent.isEnding = true;
  for (const sender of unsent.senders) sender.reportLost();
}
