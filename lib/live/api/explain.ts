import { Filter } from '../../core/filter.js';
import type { FilterLike } from '../../core/filter-like.js';
import { type Handler, isHandler, openHandlers } from '../../core/handler.js';
import { getLevelName } from '../../core/levels.js';
import { isLogger, type Logger } from '../../core/loggers/logger.js';
import { above } from '../../core/loggers/logger-node.js';
import {
  combined,
  type FilterFacts,
  type HandlerFacts,
  type HandlerJudgement,
  type HandlerVerdict,
  type Judgement,
  judgeFilter,
  judgeHandler,
} from '../../core/loggers/logging-flow.js';
import { getLogger, getManager } from '../../core/loggers/manager.js';
import type { ActiveLevel } from '../overrides/active-level.js';
import { explainLevel } from '../overrides/override-level.js';

/** Where a record would go now, like the command `explain` for a configuration. */
export interface LiveExplanation extends ActiveLevel {
  readonly logger: string;
  readonly asked: number;
  /** Whether a record is made at all. */
  readonly isEnabled: boolean;
  /** Why not; `undefined` if one is made. */
  readonly whyNot: string | undefined;
  /** The loggers on the record's way, with what happens at their handlers. */
  readonly way: readonly { readonly logger: string; readonly handlers: readonly HandlerVerdict[] }[];
  /** Where the way ends before the root; `undefined` if it does not. */
  readonly stopsAt: string | undefined;
  /** Open handlers that the record does not come by. */
  readonly elsewhere: readonly HandlerVerdict[];
}

/** Follows a record of a logger through the loggers and handlers as they are now, without making one. */
export function explainLive(name: string, level: number): LiveExplanation {
  const manager = getManager();
  if (name === 'root' || isLogger(manager.loggerDict.get(name))) return explain(getLogger(name), level);
  // Requests must not fill the tree.
  const undo = manager.createAll([name]);
  try {
    return explain(manager.getLogger(name), level);
  } finally {
    undo();
  }
}

function explain(logger: Logger, level: number): LiveExplanation {
  const way: Logger[] = [];
  for (let each: Logger | null = logger; each !== null; each = above(each)) way.push(each);
  const isEnabled = logger.isEnabledFor(level);
  const activeLevel = explainLevel(logger.name);
  const whyNot = isEnabled ? undefined : whyDisabled(logger, level, activeLevel);
  const before: Judgement =
    whyNot === undefined ? judgeOwnFilters(logger) : { verdict: 'no', reason: whyNot };
  const record = { logger: logger.name, levelno: level };
  const judged = way.map(({ handlers }) =>
    handlers.flatMap((handler) => judgeHandler(handler, openHandlerFacts, record, before)),
  );
  const met = new Set(judged.flat().map(({ handler }) => handler));
  const last = way.at(-1) as Logger;
  return {
    ...activeLevel,
    logger: logger.name,
    asked: level,
    isEnabled,
    whyNot,
    way: way.map(({ name }, at) => ({ logger: name, handlers: (judged[at] ?? []).map(verdictOf) })),
    stopsAt: last.parent === null ? undefined : last.name,
    elsewhere: openHandlers()
      .filter((handler) => !met.has(handler))
      .map((handler) => verdictOf({ handler, verdict: 'no', reason: 'not on the way of the record' })),
  };
}

function whyDisabled(
  logger: Logger,
  level: number,
  { level: least, levelOf, override }: ActiveLevel,
): string {
  if (logger.disabled) return 'the logger is disabled';
  if (level <= (logger.manager?.disable ?? 0)) return 'disabled by disable()';
  const whose = override === undefined ? `the level of ${levelOf}` : `an override of ${override.target}`;
  return `${whose} is ${getLevelName(least)}`;
}

function judgeOwnFilters({ filters, name }: Logger): Judgement {
  const own = combined(filters.map((filter) => judgeFilter(filterFacts(filter), name)));
  return own.verdict === 'yes' ? own : { ...own, reason: `logger: ${own.reason}` };
}

/** How to look at handlers that are open. */
const openHandlerFacts: HandlerFacts<Handler> = {
  name: nameOf,
  level: ({ level }) => level,
  filters: ({ filters }) => filters.map(filterFacts),
  targets: (handler) => {
    const { target, listener } = handler as Partial<PassesOn>;
    return [target, listener?.handlers].flat().filter(isHandler);
  },
  respectsLevels: (handler) => (handler as Partial<PassesOn>).listener?.respect_handler_level === true,
  output: () => '',
};

/** Where a MemoryHandler and a QueueHandler pass records on. */
interface PassesOn {
  readonly target: unknown;
  readonly listener: { readonly handlers?: unknown; readonly respect_handler_level?: unknown } | null;
}

function filterFacts(filter: FilterLike): FilterFacts {
  return filter instanceof Filter && filter.constructor === Filter
    ? { title: 'its filter', passes: filter.name }
    : { title: `its filter (${filter.constructor.name || 'a function'})`, passes: undefined };
}

function verdictOf({ handler, verdict, reason }: HandlerJudgement<Handler>): HandlerVerdict {
  return { handler: nameOf(handler), class: handler.constructor.name, verdict, reason };
}

function nameOf(handler: Handler): string {
  return handler.name ?? handler.toString();
}
