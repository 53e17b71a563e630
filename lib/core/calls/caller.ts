import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { boundedCache } from '../../runtime/bounded-cache.js';

/** A public function of logging; the frame that called it is the caller. */
export type CallBoundary = (...args: never[]) => unknown;

/** Where a log call was made. */
export interface CallerInfo {
  /** Path of the source file, through source maps if Node reads them; `'(unknown file)'` if not known. */
  readonly pathname: string;
  /** Line, from 1; 0 if not known. */
  readonly lineno: number;
  /** Name of the function; `'<module>'` at top level, `'<anonymous>'` without a name. */
  readonly funcName: string;
}

/** The result of Python's `findCaller`; the stack is `null` unless requested. */
export type CallerTuple = [pathname: string, lineno: number, funcName: string, stackInfo: string | null];

/** Python's values for an unknown caller. */
export const UNKNOWN_CALLER: CallerInfo = {
  pathname: '(unknown file)',
  lineno: 0,
  funcName: '(unknown function)',
};

/** On a boundary: functions of other libraries that may have called it for the application. */
export const CALLED_FOR: unique symbol = Symbol.for('nestjs-logging.called-for');

/** On a bound function: the method of the prototype, which is on the stack if that was called instead. */
export const METHOD: unique symbol = Symbol.for('nestjs-logging.method');

/** The same for loggers, whose many functions carry no mark of their own: the methods of their class, by name. */
const methodsByName = new Map<string, CallBoundary>();

/** Sets the method of a logger's bound function of that name. */
export function nameMethod(name: string, method: CallBoundary): void {
  methodsByName.set(name, method);
}

function methodOf(boundary: CallBoundary): CallBoundary | undefined {
  const method = METHOD in boundary ? (boundary[METHOD] as CallBoundary) : methodsByName.get(boundary.name);
  return method === boundary ? undefined : method;
}

/**
 * The frame that called a function of logging.
 *
 * @param called A public function of logging that is on the stack.
 * @param stacklevel 1 for the caller itself, 2 for the caller's caller, and so on; beyond the last frame, the last.
 */
export function findCaller(called: CallBoundary | undefined, stacklevel: number): CallerInfo {
  if (called === undefined) return UNKNOWN_CALLER;
  const boundary = behind(called);
  return callerAt(boundary, stacklevel > 1 ? frameOf(boundary, stacklevel) : 1);
}

/** The method that calls an adapter's overridden `log`. It and the two frames above it are not counted. */
const BY_OVERRIDE = '#logByOverride';
/** The name of a bound function on the stack. */
const LENT = 'lent';

/** The frame above `boundary` that a stacklevel means. Frames of logging itself do not count, as in Python. */
function frameOf(boundary: CallBoundary, stacklevel: number): number {
  const { sites } = captureSites(boundary, stacklevel + MAX_FOREIGN);
  let left = stacklevel;
  for (let index = 0; index < sites.length; index++) {
    if (sites[index]?.getFunctionName() === BY_OVERRIDE)
      index += sites[index + 3]?.getFunctionName() === LENT ? 3 : 2;
    else if (--left === 0) return index + 1;
  }
  return sites.length + left;
}

/** @param depth Counts all frames above `boundary`, from 1. */
function callerAt(boundary: CallBoundary, depth: number): CallerInfo {
  // One frame more than requested: it distinguishes top-level code from a nameless function.
  const { sites, isCustom } = captureSites(boundary, depth + 1);
  const last = Math.min(depth, sites.length) - 1;
  const index = isForeign(sites[last]) ? applicationFrame(boundary, last) : last;
  if (index !== last) return callerAt(boundary, index + 1);
  const site = sites[index];
  if (site === undefined) return UNKNOWN_CALLER;
  const file = site.getFileName() ?? '';
  const mapped = isCustom || TRANSPILED.test(file) ? positionInText(boundary, index) : undefined;
  return { ...(mapped ?? mappedByNode(site, file)), funcName: functionName(site, sites[depth]) };
}

/** How many frames of other libraries are skipped in the search for one of the application. */
const MAX_FOREIGN = 20;

/**
 * The application's own frame, where Node or the engine called a method that was passed to it: an emitter, a
 * `forEach`, a promise. The first frame if there is none.
 */
function applicationFrame(boundary: CallBoundary, first: number): number {
  const { sites } = captureSites(boundary, first + MAX_FOREIGN);
  const found = sites.findIndex((site, index) => index > first && !isForeign(site));
  return found < 0 ? first : found;
}

function isForeign(site: NodeJS.CallSite | undefined): boolean {
  return site !== undefined && (site.isNative() || (site.getFileName() ?? 'node:').startsWith('node:'));
}

/** The function that the application called: one of logging, or of a library that called it. */
function behind(called: CallBoundary): CallBoundary {
  return CALLED_FOR in called ? outermost(called) : called;
}

/** The outermost of the functions on the stack: V8 gives no frames for one that is not on it. */
function outermost(boundary: CallBoundary): CallBoundary {
  const outer = (boundary as { readonly [CALLED_FOR]?: readonly unknown[] })[CALLED_FOR] ?? [];
  const found = outer.find(
    (one) => typeof one === 'function' && captureSites(one as CallBoundary, 1).sites.length > 0,
  );
  return (found as CallBoundary | undefined) ?? boundary;
}

/** Sources that were compiled when they were loaded. Only the text of the stack has their true lines. */
const TRANSPILED = /\.[cm]?tsx?$/;

/**
 * The stack from the caller of `boundary` on, one frame a line, as V8 prints it, without a header.
 *
 * @param boundary A public function of logging that is on the stack.
 */
function captureStack(boundary: CallBoundary | undefined): string {
  const stack = stackAbove(boundary);
  // Another tool may format stacks, and return anything. Without frames there is only the header.
  if (typeof stack !== 'string' || !stack.includes('\n')) {
    const method = boundary && methodOf(boundary);
    return method === undefined ? '' : captureStack(method);
  }
  return stack.slice(stack.indexOf('\n') + 1);
}

function stackAbove(boundary: CallBoundary | undefined): unknown {
  const holder: { stack?: unknown } = {};
  try {
    Error.captureStackTrace(holder, boundary);
    return holder.stack;
  } catch {
    // Another tool formats stacks, and fails.
    return undefined;
  }
}

/**
 * {@link captureStack} from the application's own frame on, even if a library called logging for it; `''` once the
 * call is over.
 */
export function captureCallStack(called: CallBoundary): string {
  return captureStack(behind(called));
}

/** {@link captureStack} under the heading that follows a message logged with `stackInfo: true`. */
export function captureStackInfo(boundary: CallBoundary | undefined): string {
  return `Stack (most recent call first):\n${captureStack(boundary)}`;
}

interface Captured {
  readonly sites: readonly NodeJS.CallSite[];
  /** Whether another tool formats stacks: source-map-support, ts-node, an agent. */
  readonly isCustom: boolean;
}

/** Reads the stack as call sites; both global switches are put back whatever happens. */
function captureSites(boundary: CallBoundary, limit: number): Captured {
  const original = Error.prepareStackTrace;
  const originalLimit = Error.stackTraceLimit;
  // Where the program has frozen Error nothing is set: then there are no sites, and no caller is known.
  try {
    Reflect.set(Error, 'stackTraceLimit', limit);
    Reflect.set(Error, 'prepareStackTrace', keepSites);
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, boundary);
    const sites = holder.stack;
    const method = Array.isArray(sites) && sites.length === 0 ? methodOf(boundary) : undefined;
    if (method !== undefined) Error.captureStackTrace(holder, method);
    const found = holder.stack;
    return { sites: Array.isArray(found) ? (found as NodeJS.CallSite[]) : [], isCustom: isCustom(original) };
  } finally {
    Reflect.set(Error, 'prepareStackTrace', original);
    Reflect.set(Error, 'stackTraceLimit', originalLimit);
  }
}

/** Newer versions of Node have a function of their own there. */
function isCustom(prepare: unknown): boolean {
  return typeof prepare === 'function' && prepare.name !== 'ErrorPrepareStackTrace';
}

function keepSites(_error: Error, sites: NodeJS.CallSite[]): NodeJS.CallSite[] {
  return sites;
}

/** Methods of V8 that Node's types lack. */
interface Enclosing {
  readonly getEnclosingLineNumber?: () => number;
  readonly getEnclosingColumnNumber?: () => number;
}

interface Position {
  readonly pathname: string;
  readonly lineno: number;
}

/** Through Node's source maps, where `--enable-source-maps` made it read them. */
function mappedByNode(site: NodeJS.CallSite, file: string): Position {
  const lineno = site.getLineNumber() ?? 0;
  if (file === '') return { pathname: site.getScriptNameOrSourceURL?.() || UNKNOWN_CALLER.pathname, lineno };
  const entry = findSourceMap(file)?.findEntry(lineno - 1, (site.getColumnNumber() ?? 1) - 1);
  if (entry !== undefined && 'originalSource' in entry && entry.originalSource) {
    return { pathname: toPath(entry.originalSource), lineno: entry.originalLine + 1 };
  }
  return { pathname: toPath(file), lineno };
}

/** The position of one frame in the stack's text, as mapped by tools in this process. */
function positionInText(boundary: CallBoundary, index: number): Position | undefined {
  const originalLimit = Error.stackTraceLimit;
  try {
    Reflect.set(Error, 'stackTraceLimit', index + 1);
    const frame = captureStack(boundary).split('\n')[index] ?? '';
    const match = /\(?((?:file:\/\/|[A-Za-z]:[\\/]|\/)[^\n()]*):(\d+):\d+\)?\s*$/.exec(frame);
    return match?.[1] === undefined ? undefined : { pathname: toPath(match[1]), lineno: Number(match[2]) };
  } catch {
    return undefined;
  } finally {
    Reflect.set(Error, 'stackTraceLimit', originalLimit);
  }
}

function toPath(file: string): string {
  return file.startsWith('file:') ? pathOfUrl.get(file).path : file;
}

/** Cached: parsing a URL costs as much as finding the caller. */
const pathOfUrl = boundedCache(
  (url) => {
    try {
      return { path: fileURLToPath(url) };
    } catch {
      return { path: url };
    }
  },
  1_000,
  4_096,
);

/** How V8 marks the function of an accessor. */
const ACCESSOR = /^[gs]et /;

/** Python's `co_name`: without the class, `<module>` for code that a module runs at its top level. */
function functionName(site: NodeJS.CallSite, next: NodeJS.CallSite | undefined): string {
  const name = site.getFunctionName();
  if (name !== null && name !== '')
    return name.slice(name.lastIndexOf('.') + 1).replace(ACCESSOR, '') || '<anonymous>';
  // The code of a module is a function that begins at the start of the file; after an `await` nothing else shows it.
  const { getEnclosingLineNumber: line, getEnclosingColumnNumber: column } = site as Enclosing;
  if (line?.call(site) === 1 && column?.call(site) === 1) return '<module>';
  const runner = next?.getFileName() ?? '';
  return runner.startsWith('node:internal/modules') ? '<module>' : '<anonymous>';
}
