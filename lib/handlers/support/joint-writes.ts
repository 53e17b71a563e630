import { globalSlot } from '../../internal/global-slot.js';

/** Something that writes texts, and can write those of several records at once. */
export interface JointWriter {
  /** Writes what it has put by. Throws nothing. */
  endJoint(): void;
}

interface JointWrites {
  /** How many calls of {@link writeTogether} are running. */
  depth: number;
  /** Those that have put something by. */
  readonly writers: Set<JointWriter>;
}

/** What is written together now; shared by every copy of this package. */
export const jointWrites = globalSlot(
  'joint-writes.1',
  (): JointWrites => ({ depth: 0, writers: new Set() }),
);

/**
 * Has files and standard streams write the records that are logged meanwhile with one system call each, when all are
 * logged.
 *
 * For records that nobody waits for, such as those of several requests that are over: when this returns they are out,
 * as they would be one by one.
 */
export function writeTogether(work: () => void): void {
  jointWrites.depth += 1;
  try {
    work();
  } finally {
    jointWrites.depth -= 1;
    if (jointWrites.depth === 0) endAll();
  }
}

function endAll(): void {
  const { writers } = jointWrites;
  for (const writer of writers) writer.endJoint();
  writers.clear();
}
