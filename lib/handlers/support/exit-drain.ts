import { globalSlot } from '../../internal/global-slot.js';
import { drainAtSignals } from './signal-drain.js';

/** Something that holds texts back and can bring them out at once. */
export interface Drainable {
  /** Writes what it holds. Synchronous, and throws nothing. */
  drainAtExit(): void;
}

interface ExitDrain {
  readonly holding: Set<Drainable>;
  isListening: boolean;
}

const drain = globalSlot('exit-drain.1', (): ExitDrain => ({ holding: new Set(), isListening: false }));

/**
 * Sees to it that what `holder` holds back is written before the process ends.
 *
 * All holders share one `exit` listener, and listeners for the signals nobody else listens to. They are added when
 * something is held back for the first time, so a process whose handlers write line by line never has them.
 */
export function holdUntilExit(holder: Drainable): void {
  drain.holding.add(holder);
  if (drain.isListening) return;
  drain.isListening = true;
  process.on('exit', drainAll);
  drainAtSignals(drainAll);
}

function drainAll(): void {
  for (const each of drain.holding) each.drainAtExit();
}

/** Takes back {@link holdUntilExit}: nothing is held any more. */
export function releaseFromExit(holder: Drainable): void {
  drain.holding.delete(holder);
}
