import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CallBoundary } from './log-record.js';

/** Where a log call was made. */
export interface CallerInfo {
  /** Path of the source file, through source maps if Node reads them; `'(unknown file)'` if not known. */
  readonly pathname: string;
  /** Line, from 1; 0 if not known. */
  readonly lineno: number;
  /** Name of the function; `'<module>'` at top level, `'<anonymous>'` without a name. */
  readonly funcName: string;
}

/** Python's values for a caller that cannot be told. */
export const UNKNOWN_CALLER: CallerInfo = { pathname: '(unknown file)', lineno: 0, funcName: '(unknown function)' };

/**
 * The frame that called `boundary`.
 *
 * @param boundary A function of logging's public face that is on the stack.
 * @param stacklevel 1 for the caller itself, 2 for the caller's caller, and so on; beyond the last frame, the last.
 */
export function findCaller(boundary: CallBoundary | undefined, stacklevel: number): CallerInfo {
  if (boundary === undefined) return UNKNOWN_CALLER;
  const depth = Math.max(1, stacklevel);
  // One frame more than asked for: what runs a module tells top-level code from a nameless function.
  const { sites, original } = captureSites(boundary, depth + 1);
  const site = sites[Math.min(depth, sites.length) - 1];
  if (site === undefined) return UNKNOWN_CALLER;
  return describeSite(site, sites[depth], original);
}

/**
 * The stack from the caller of `boundary` on, one frame a line, as V8 prints it, without a header.
 *
 * @param boundary A function of logging's public face that is on the stack.
 */
export function captureStack(boundary: CallBoundary | undefined): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, boundary);
  const stack = holder.stack;
  return typeof stack === 'string' ? stack.slice(stack.indexOf('\n') + 1) : '';
}

type PrepareStackTrace = NonNullable<typeof Error.prepareStackTrace>;

interface Captured {
  readonly sites: readonly NodeJS.CallSite[];
  /** What was installed in its place: Node's own mapping, or that of a transpiler. */
  readonly original: PrepareStackTrace | undefined;
}

/** Reads the stack as call sites; both global switches are put back whatever happens. */
function captureSites(boundary: CallBoundary, limit: number): Captured {
  const original = Error.prepareStackTrace;
  const originalLimit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = keepSites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, boundary);
    const sites = holder.stack;
    return { sites: Array.isArray(sites) ? (sites as NodeJS.CallSite[]) : [], original };
  } finally {
    Error.prepareStackTrace = original;
    Error.stackTraceLimit = originalLimit;
  }
}

function keepSites(_error: Error, sites: NodeJS.CallSite[]): NodeJS.CallSite[] {
  return sites;
}

function describeSite(site: NodeJS.CallSite, next: NodeJS.CallSite | undefined, original: PrepareStackTrace | undefined): CallerInfo {
  const position = mappedByTranspiler(site, original) ?? mappedByNode(site);
  return { ...position, funcName: functionName(site, next) };
}

interface Position {
  readonly pathname: string;
  readonly lineno: number;
}

/** Through Node's source maps, where `--enable-source-maps` made it read them. */
function mappedByNode(site: NodeJS.CallSite): Position {
  const file = site.getFileName() ?? site.getScriptNameOrSourceURL?.() ?? '';
  const lineno = site.getLineNumber() ?? 0;
  const map = file === '' ? undefined : findSourceMap(file);
  if (map !== undefined) {
    const entry = map.findEntry(lineno - 1, (site.getColumnNumber() ?? 1) - 1);
    if ('originalSource' in entry && entry.originalSource) {
      return { pathname: toPath(entry.originalSource), lineno: entry.originalLine + 1 };
    }
  }
  return { pathname: file === '' ? UNKNOWN_CALLER.pathname : toPath(file), lineno };
}

/**
 * Through a transpiler's own mapping (source-map-support, ts-node, Jest): it replaces `Error.prepareStackTrace`,
 * so we let it print the one frame and read the position from its text.
 */
function mappedByTranspiler(site: NodeJS.CallSite, original: PrepareStackTrace | undefined): Position | undefined {
  // Node's own mapper is installed in the same place under --enable-source-maps in newer versions; text works for both.
  if (original === undefined) return undefined;
  try {
    const text: unknown = original(new Error(), [site]);
    const match = typeof text === 'string' ? /\(?((?:file:\/\/|[A-Za-z]:[\\/]|\/)[^\n()]*):(\d+):\d+\)?\s*$/.exec(text) : null;
    return match?.[1] === undefined ? undefined : { pathname: toPath(match[1]), lineno: Number(match[2]) };
  } catch {
    return undefined;
  }
}

function toPath(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}

/** Python's `co_name`: without the class, `<module>` for code that a module runs at its top level. */
function functionName(site: NodeJS.CallSite, next: NodeJS.CallSite | undefined): string {
  const name = site.getFunctionName();
  if (name !== null && name !== '') return name.slice(name.lastIndexOf('.') + 1) || '<anonymous>';
  const runner = next?.getFileName() ?? '';
  return runner.startsWith('node:internal/modules') ? '<module>' : '<anonymous>';
}
