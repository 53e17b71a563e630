import { resolve } from 'node:path';
import { describeIssue } from '../config/plan/config-plan.js';
import { loggerPath } from '../config/plan/plan-logger.js';
import { type ConfigPlan, loggersOf, type PlannedComponent } from '../config/plan/planned-config.js';
import type { ConfigIssue } from '../config/read/config-origin.js';
import { DEBUG, getLevelName, NOTSET } from '../core/levels.js';
import { RotatingFileHandler } from '../handlers/file/rotation/rotating-file.handler.js';
import { TimedRotatingFileHandler } from '../handlers/file/rotation/timed-rotating-file.handler.js';
import { findNode, type LoggerNode, loggerTree, wayUp } from './logger-tree.js';

/**
 * Finds what is allowed in a configuration but seldom intended: records that are written twice or nowhere, files that
 * grow without end, and the like.
 *
 * @param isProduction Whether it is to run in production.
 * @returns A text for each, with its place.
 */
export function findWarnings(plan: ConfigPlan, isProduction: boolean): string[] {
  const loggers = placedLoggers(plan);
  const found: ConfigIssue[] = [
    ...loggers.flatMap(doubledHandlers),
    ...loggers.flatMap(missingHandlers),
    ...(isProduction ? debugLevels(plan) : []),
    ...handlersOf(plan).flatMap(fileWarnings),
    ...sharedFiles(handlersOf(plan)),
  ];
  const located = found.map((warning) => plan.origin?.locate(warning) ?? warning);
  return [...(plan.origin?.warnings ?? []), ...located].map(describeIssue);
}

/**
 * Finds what several processes with one configuration must not share. They may share files that they append to: lines
 * stay whole, and one process rolls a file while the others wait.
 *
 * @param first The plan of one process.
 * @param second That of another: what is different in it is not shared.
 * @param instances How many there are.
 * @returns A text for each, with its place.
 */
export function findSharing(first: ConfigPlan, second: ConfigPlan, instances: number): string[] {
  const others = new Map(handlersOf(second).map((handler) => [handler.path, handler]));
  const found = handlersOf(first).flatMap((handler): ConfigIssue[] => {
    const other = others.get(handler.path);
    return other === undefined ? [] : sharedBy(handler, other, instances);
  });
  return found.map((warning) => describeIssue(first.origin?.locate(warning) ?? warning));
}

/** The handlers of a plan, those of workers too. */
function handlersOf(plan: ConfigPlan): PlannedComponent[] {
  return plan.handlers.flatMap((handler) => [
    handler,
    ...[...handler.workers].flatMap(([place, worker]) =>
      worker.handlers.map((own) => ({
        ...own,
        name: `${handler.name}.${own.name}`,
        path: `${place}.${own.path}`,
      })),
    ),
  ]);
}

function sharedBy(handler: PlannedComponent, other: PlannedComponent, instances: number): ConfigIssue[] {
  const { path, options, type } = handler;
  const found: ConfigIssue[] = [];
  const remedy = 'put ${NODE_APP_INSTANCE} of PM2, or another variable that differs, into it';
  const { filename, mode, maxBytes = 0 } = options;
  // A file that rolls by size is appended to, whatever its mode.
  const empties = mode === 'w' && !((type as unknown) === RotatingFileHandler && maxBytes !== 0);
  if (empties && typeof filename === 'string' && filename === other.options.filename) {
    const message = `each of ${instances} processes empties this file when it starts, since the mode is "w"; ${remedy}, or use mode "a"`;
    found.push({ path: `${path}.filename`, message });
  }
  const directory = directoryOf(options);
  if (directory !== undefined && directory === directoryOf(other.options)) {
    const message = `one of ${instances} processes takes this spool, and the others do not start; ${remedy}`;
    found.push({ path: `${path}.spool.directory`, message });
  }
  return found;
}

function directoryOf({ spool }: PlannedComponent['options']): string | undefined {
  const { directory } = (spool ?? {}) as { directory?: unknown };
  return typeof directory === 'string' ? directory : undefined;
}

/** A logger that a configuration names, and its place there. */
interface PlacedLogger {
  readonly node: LoggerNode;
  readonly path: string;
}

function placedLoggers(plan: ConfigPlan): PlacedLogger[] {
  const tree = loggerTree(plan);
  // The root may be among the loggers too, and is one logger.
  const paths = new Map<LoggerNode, string>();
  for (const { name } of loggersOf(plan)) paths.set(findNode(tree, name ?? 'root').node, loggerPath(name));
  return [...paths].map(([node, path]) => ({ node, path }));
}

/** Handlers of a logger that its records reach a second time on their way up. */
function doubledHandlers({ node, path }: PlacedLogger): ConfigIssue[] {
  const [, ...above] = wayUp(node);
  return node.handlers.flatMap((handler) => {
    const other = above.find(({ handlers }) => handlers.includes(handler));
    if (other === undefined) return [];
    const message = `"${handler.name}" is on ${other.name || 'root'} too, so that each record comes out twice; take it off one of them, or set propagate: false`;
    return [{ path: `${path}.handlers`, message }];
  });
}

/** A logger whose records end at one that does not propagate, before any handler. */
function missingHandlers({ node, path }: PlacedLogger): ConfigIssue[] {
  const way = wayUp(node);
  const end = way.at(-1) as LoggerNode;
  if (end.propagates || way.some(({ handlers }) => handlers.length > 0)) return [];
  const why = end === node ? 'it has' : `${end.name || 'root'} has`;
  const message = `no handler gets its records: ${why} propagate: false, and there are no handlers up to there`;
  return [{ path, message }];
}

function debugLevels(plan: ConfigPlan): ConfigIssue[] {
  return loggersOf(plan).flatMap((logger) => {
    const { name, level } = logger;
    if (level === undefined || level > DEBUG) return [];
    // Of the root alone it is a level: everything.
    if (level === NOTSET && name && name !== 'root') return [];
    return [{ path: `${loggerPath(logger.name)}.level`, message: `${getLevelName(level)} in production` }];
  });
}

function fileWarnings({ path, type, options }: PlannedComponent): ConfigIssue[] {
  const { backupCount = 0, maxBytes = 0, maxAge, maxTotalSize } = options;
  const keepsAll = backupCount === 0 && maxAge == null && maxTotalSize == null;
  if ((type as unknown) === RotatingFileHandler && (keepsAll || maxBytes === 0)) {
    const missing = [...(maxBytes === 0 ? ['no maxBytes'] : []), ...(keepsAll ? ['no backupCount'] : [])];
    return [{ path, message: `${missing.join(' and ')}: the file never rolls, and grows without end` }];
  }
  if ((type as unknown) === TimedRotatingFileHandler && keepsAll)
    return [{ path, message: 'no backupCount: rolled files are never deleted' }];
  return [];
}

/** Two handlers that write to one file in turns, however they name it. */
function sharedFiles(handlers: readonly PlannedComponent[]): ConfigIssue[] {
  const first = new Map<string, string>();
  return handlers.flatMap(({ name, path, options: { filename } }) => {
    if (typeof filename !== 'string') return [];
    const file = resolve(filename);
    const other = first.get(file);
    if (other === undefined) first.set(file, name);
    const message = `"${other}" writes to this file too; let loggers share one handler`;
    return other === undefined ? [] : [{ path: `${path}.filename`, message }];
  });
}
