import { Filter } from '../../core/filter.js';
import type { FilterLike } from '../../core/filter-like.js';
import { type Handler, openHandlers } from '../../core/handler.js';
import { getLevelName } from '../../core/levels.js';
import { isLogger, type Logger } from '../../core/loggers/logger.js';
import { isAtOrBelow } from '../../core/loggers/logger-names.js';
import { above } from '../../core/loggers/logger-node.js';
import { getLogger, getManager } from '../../core/loggers/manager.js';
import type { ActiveLevel } from '../overrides/active-level.js';
import { explainLevel } from '../overrides/override-level.js';

type Verdict = 'yes' | 'no' | 'maybe';

/** What becomes of a record at a handler. */
export interface HandlerVerdict {
  readonly handler: string;
  readonly class: string;
  /** Whether it gets there: surely, never, or depending on a filter. */
  readonly verdict: Verdict;
  readonly reason: string;
}

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
  const own = judgeFilters(logger.filters, logger.name);
  const stations = way.map((each) => ({
    logger: each.name,
    handlers: each.handlers.map((handler) =>
      whyNot === undefined ? judge(handler, logger.name, level, own) : verdictOf(handler, 'no', whyNot),
    ),
  }));
  const met = new Set(way.flatMap(({ handlers }) => handlers));
  const last = way.at(-1) as Logger;
  return {
    ...activeLevel,
    logger: logger.name,
    asked: level,
    isEnabled,
    whyNot,
    way: stations,
    stopsAt: last.parent === null ? undefined : last.name,
    elsewhere: openHandlers()
      .filter((handler) => !met.has(handler))
      .map((handler) => verdictOf(handler, 'no', 'not on the way of the record')),
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

interface FilterVerdict {
  readonly verdict: Verdict;
  readonly reason: string;
}

function judge(handler: Handler, logger: string, level: number, before: FilterVerdict): HandlerVerdict {
  if (before.verdict === 'no') return verdictOf(handler, 'no', `logger: ${before.reason}`);
  if (level < handler.level) return verdictOf(handler, 'no', `its level is ${getLevelName(handler.level)}`);
  const own = judgeFilters(handler.filters, logger);
  if (own.verdict !== 'yes') return verdictOf(handler, own.verdict, own.reason);
  return verdictOf(handler, before.verdict, before.verdict === 'yes' ? '' : `logger: ${before.reason}`);
}

function judgeFilters(filters: readonly FilterLike[], logger: string): FilterVerdict {
  let result: FilterVerdict = { verdict: 'yes', reason: '' };
  for (const filter of filters) {
    const name = filter.constructor.name || 'a function';
    if (!(filter instanceof Filter) || filter.constructor !== Filter) {
      if (result.verdict === 'yes')
        result = { verdict: 'maybe', reason: `if its filter (${name}) lets it pass` };
      continue;
    }
    const passes = filter.name === '' || isAtOrBelow(logger, filter.name);
    if (!passes) return { verdict: 'no', reason: `its filter lets only records of "${filter.name}" pass` };
  }
  return result;
}

function verdictOf(handler: Handler, verdict: Verdict, reason: string): HandlerVerdict {
  return { handler: handler.name ?? handler.toString(), class: handler.constructor.name, verdict, reason };
}
