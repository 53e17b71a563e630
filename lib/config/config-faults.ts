import type { ConfigFault } from './config-origin.js';

/**
 * Puts together what was found in reading files and what was found in planning what they say.
 *
 * Where something cannot be read, what follows from its not being there is no news.
 *
 * @param read Faults of reading.
 * @param planned Faults of planning.
 * @returns All, file by file in the order they were read, from top to bottom; what stands in no file last.
 */
export function joinFaults(read: readonly ConfigFault[], planned: readonly ConfigFault[]): ConfigFault[] {
  const news = planned.filter((fault) => !read.some((other) => explains(other, fault)));
  return [...read, ...news].sort(byPlace);
}

function explains(read: ConfigFault, planned: ConfigFault): boolean {
  const isSameLine = read.line !== undefined && read.file === planned.file && read.line === planned.line;
  // A fault of the syntax has a line and no path.
  if (read.path === '' || planned.path === read.path) return isSameLine;
  return planned.path.startsWith(`${read.path}.`);
}

/** An overlay's name is the longer one. */
function byPlace(a: ConfigFault, b: ConfigFault): number {
  if (a.file !== b.file) {
    if (a.file === undefined || b.file === undefined) return a.file === undefined ? 1 : -1;
    return a.file.length - b.file.length;
  }
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
