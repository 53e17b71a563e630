import { globalSlot } from '../../runtime/global-slot.js';

/** A writer that can write several records at once. */
export interface JointWriter {
  /** Writes what it has deferred. Throws nothing. */
  endJoint(): void;
}

interface JointWrites {
  /** How many calls of {@link writeTogether} are running. */
  depth: number;
  /** The writers that have deferred something. */
  readonly writers: Set<JointWriter>;
}

/** The current joint write; shared by every copy of this package. */
export const jointWrites = globalSlot(
  'joint-writes.1',
  (): JointWrites => ({ depth: 0, writers: new Set() }),
);

/**
 * Runs a function, and makes files and standard streams write the records logged in it with one system call each, when
 * all are logged.
 *
 * For records that nobody waits for, such as those of several finished requests. They are written when this returns.
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
