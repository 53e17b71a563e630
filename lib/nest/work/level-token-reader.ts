import type { ContextLevels } from '../../context/context-store.js';
import { globalSlot } from '../../runtime/global-slot.js';

/** Reads the level token of a request or message. Throws nothing. */
export type ReadLevels = (header: (name: string) => string | undefined) => ContextLevels | undefined;

/** The reader; `undefined` while no tokens can exist, so that requests are not even read. */
export const levelTokenReader = globalSlot(
  'nest.level-token-reader.1',
  (): { read: ReadLevels | undefined } => ({
    read: undefined,
  }),
);
