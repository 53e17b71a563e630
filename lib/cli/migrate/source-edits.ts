/** A stretch of a text, and what comes in its place. */
export interface Edit {
  /** Offset of the first character that goes. */
  readonly start: number;
  /** Offset behind the last one; `start` for an insertion. */
  readonly end: number;
  readonly text: string;
}

/** A stretch of lines with its old and its new text. */
interface LineChange {
  /** Number of the first line, from 0. */
  readonly first: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const CONTEXT = 3;

/** The text with all edits made; what none of them names stays as it is, byte for byte. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text: replacement } of inOrder(edits)) {
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}

/**
 * The edits as a unified diff, as `git apply` and `patch` read it.
 *
 * The edits say what has changed, so nothing has to be compared.
 */
export function unifiedDiff(file: string, text: string, edits: readonly Edit[]): string {
  const lines = splitLines(text);
  const hunks: LineChange[][] = [];
  for (const change of lineChanges(text, lines, edits)) {
    const last = hunks.at(-1)?.at(-1);
    if (last !== undefined && change.first - (last.first + last.before.length) <= 2 * CONTEXT)
      hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  if (hunks.length === 0) return '';
  let shift = 0;
  const parts = hunks.map((hunk) => {
    const printed = printHunk(hunk, lines, shift);
    for (const { before, after } of hunk) shift += after.length - before.length;
    return printed;
  });
  return `--- a/${file}\n+++ b/${file}\n${parts.join('')}`;
}

function printHunk(changes: readonly LineChange[], lines: readonly string[], shift: number): string {
  const [head, tail] = [changes[0], changes.at(-1)] as [LineChange, LineChange];
  const start = Math.max(0, head.first - CONTEXT);
  const end = Math.min(lines.length, tail.first + tail.before.length + CONTEXT);
  const printed: string[] = [];
  let grown = 0;
  let next = start;
  for (const { first, before, after } of changes) {
    printed.push(...lines.slice(next, first).map((line) => ` ${line}`));
    printed.push(...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`));
    next = first + before.length;
    grown += after.length - before.length;
  }
  printed.push(...lines.slice(next, end).map((line) => ` ${line}`));
  const place = (from: number, count: number): string => `${count === 0 ? from : from + 1},${count}`;
  const header = `@@ -${place(start, end - start)} +${place(start + shift, end - start + grown)} @@\n`;
  return header + printed.map(terminated).join('');
}

/** The whole lines that edits change, neighbours put together. */
function lineChanges(text: string, lines: readonly string[], edits: readonly Edit[]): LineChange[] {
  const starts: number[] = [0];
  for (const line of lines) starts.push((starts.at(-1) as number) + line.length);
  const lineOf = (offset: number): number => {
    let line = starts.findLastIndex((start) => start <= offset);
    if (line === lines.length && line > 0) line -= 1;
    return line;
  };
  const groups: { first: number; last: number; edits: Edit[] }[] = [];
  for (const edit of inOrder(edits)) {
    const [first, last] = [lineOf(edit.start), lineOf(edit.end)];
    const group = groups.at(-1);
    if (group !== undefined && first <= group.last) {
      group.last = Math.max(group.last, last);
      group.edits.push(edit);
    } else groups.push({ first, last, edits: [edit] });
  }
  const changes = groups.flatMap(({ first, last, edits: own }) => {
    const offset = starts[first] as number;
    const old = text.slice(offset, starts[last + 1]);
    const moved = own.map(({ start, end, text: replacement }) => ({
      start: start - offset,
      end: end - offset,
      text: replacement,
    }));
    const [before, after] = [splitLines(old), splitLines(applyEdits(old, moved))];
    let same = 0;
    while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
    let tail = 0;
    while (
      tail < before.length - same &&
      tail < after.length - same &&
      before.at(-1 - tail) === after.at(-1 - tail)
    )
      tail += 1;
    const change = {
      first: first + same,
      before: before.slice(same, before.length - tail),
      after: after.slice(same, after.length - tail),
    };
    return change.before.length + change.after.length === 0 ? [] : [change];
  });
  return joinNeighbours(changes);
}

/** Changes with no line between them as one. */
function joinNeighbours(changes: readonly LineChange[]): LineChange[] {
  const joined: LineChange[] = [];
  for (const change of changes) {
    const last = joined.at(-1);
    if (last === undefined || last.first + last.before.length < change.first) joined.push(change);
    else
      joined[joined.length - 1] = {
        first: last.first,
        before: [...last.before, ...change.before],
        after: [...last.after, ...change.after],
      };
  }
  return joined;
}

/** Insertions at one place keep the order in which they were asked for. */
function inOrder(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Lines with their ends. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function terminated(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`;
}
