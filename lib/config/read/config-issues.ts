import type { ConfigIssue } from './config-origin.js';

/**
 * Joins the errors of reading files with those of planning their content.
 *
 * Where something cannot be read, errors that only follow from that are left out.
 *
 * @param read Errors of reading.
 * @param planned Errors of planning.
 * @returns All, file by file in the order they were read, from top to bottom; what is in no file last.
 */
export function joinIssues(read: readonly ConfigIssue[], planned: readonly ConfigIssue[]): ConfigIssue[] {
  const news = planned.filter((issue) => !read.some((other) => explains(other, issue)));
  return [...read, ...news].sort(byPlace);
}

function explains(read: ConfigIssue, planned: ConfigIssue): boolean {
  const isSameLine = read.line !== undefined && read.file === planned.file && read.line === planned.line;
  // A syntax error has a line and no path.
  if (read.path === '' || planned.path === read.path) return isSameLine;
  return planned.path.startsWith(`${read.path}.`);
}

/** An overlay's name is the longer one. */
function byPlace(a: ConfigIssue, b: ConfigIssue): number {
  if (a.file !== b.file) {
    if (a.file === undefined || b.file === undefined) return a.file === undefined ? 1 : -1;
    return a.file.length - b.file.length;
  }
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
