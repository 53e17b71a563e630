import type { ConfigPlan, PlannedComponent } from '../config/plan/planned-config.js';
import { Filter } from '../core/filter.js';
import type { FilterLike } from '../core/filter-like.js';
import { isAtOrBelow } from '../core/loggers/logger-names.js';
import { levelText } from './component-text.js';
import { findNode, type LoggerNode, loggerTree } from './logger-tree.js';
import { targetsOf } from './unused-entries.js';

/** What becomes of a record at a handler. */
export interface HandlerVerdict {
  readonly handler: string;
  readonly class: string;
  /** Whether it gets there: surely, never, or depending on a filter. */
  readonly verdict: 'yes' | 'no' | 'maybe';
  /** Why, or how. */
  readonly reason: string;
}

/** Where a record would go. */
export interface Explanation {
  readonly logger: string;
  readonly level: number;
  /** Whether the configuration has an entry for the logger. */
  readonly isNamed: boolean;
  readonly effectiveLevel: number;
  /** The logger whose level counts. */
  readonly levelOf: string;
  /** Whether a record is made at all. */
  readonly isEnabled: boolean;
  /** The results of the logger's own filters. */
  readonly filters: readonly FilterVerdict[];
  /** The loggers on the record's way, with what happens at their handlers. */
  readonly way: readonly { readonly logger: string; readonly handlers: readonly HandlerVerdict[] }[];
  /** Where the way ends before the root; `undefined` if it does not. */
  readonly stopsAt: string | undefined;
  /** Handlers that the record does not come by, and why. */
  readonly elsewhere: readonly HandlerVerdict[];
}

interface FilterVerdict {
  readonly filter: string;
  readonly verdict: 'yes' | 'no' | 'maybe';
  readonly reason: string;
}

/** Follows a record of a logger through a plan, without making anything. */
export function explainRecord(plan: ConfigPlan, logger: string, level: number): Explanation {
  const root = loggerTree(plan);
  const { node, isNamed } = findNode(root, logger);
  const nodes = wayUp(node);
  const levelOwner = [node, ...allAbove(node)].find((each) => each.level !== 0) ?? root;
  const isEnabled = level >= node.effectiveLevel;
  const own = isNamed ? judgeFilters(node.filters, logger) : [];
  const verdict = worst(own);
  const isOut = !isEnabled || verdict === 'no';
  const why = isEnabled ? 'the logger refuses the record' : 'the logger is not enabled for the level';
  const way = nodes.map((each) => ({
    logger: each.name,
    handlers: each.handlers.flatMap((handler) =>
      isOut ? [no(handler, why)] : judgeHandler(handler, { plan, logger, level, before: verdict }),
    ),
  }));
  const met = new Set(way.flatMap(({ handlers }) => handlers.map(({ handler }) => handler)));
  const last = nodes.at(-1) as LoggerNode;
  return {
    logger,
    level,
    isNamed,
    effectiveLevel: node.effectiveLevel,
    levelOf: levelOwner.name,
    isEnabled,
    filters: own,
    way,
    stopsAt: last.name === '' ? undefined : last.name,
    elsewhere: plan.handlers
      .filter(({ name }) => !met.has(name))
      .map((handler) => no(handler, whyNotMet(handler, root, plan, last))),
  };
}

/** The logger and those above it, as far as records propagate. */
function wayUp(node: LoggerNode): LoggerNode[] {
  const way = [node];
  for (let each = node; each.propagates && each.parent !== undefined; each = each.parent)
    way.push(each.parent);
  return way;
}

function allAbove(node: LoggerNode): LoggerNode[] {
  return node.parent === undefined ? [] : [node.parent, ...allAbove(node.parent)];
}

interface Passage {
  readonly plan: ConfigPlan;
  readonly logger: string;
  readonly level: number;
  /** What is known of the way up to here. */
  readonly before: FilterVerdict['verdict'];
}

function judgeHandler(
  handler: PlannedComponent,
  passage: Passage,
  seen: readonly string[] = [],
): HandlerVerdict[] {
  const { plan, logger, level, before } = passage;
  const least = handler.level ?? 0;
  if (level < least) return [no(handler, `its level is ${levelText(least)}`)];
  const filters = judgeFilters(
    handler.filters.flatMap((filter): (PlannedComponent | FilterLike)[] =>
      typeof filter === 'string' ? plan.filters.filter(({ name }) => name === filter) : [filter],
    ),
    logger,
  );
  const own = worst(filters);
  const refusal = filters.find(({ verdict }) => verdict === own && own !== 'yes');
  if (own === 'no') return [no(handler, (refusal as FilterVerdict).reason)];
  const verdict = own === 'yes' ? before : own;
  const reason =
    refusal?.reason ??
    (verdict === 'maybe' ? "if the logger's filters let it pass" : throughText(handler, plan));
  const targets = seen.includes(handler.name) ? [] : targetsOf(handler, plan);
  return [
    { handler: handler.name, class: handler.type.name, verdict, reason },
    ...targets.flatMap((target) => judgeTarget(handler, target, { ...passage, before: verdict }, seen)),
  ];
}

/** A MemoryHandler ignores its target's level, and so does a QueueHandler by default. */
function judgeTarget(
  from: PlannedComponent,
  target: PlannedComponent,
  passage: Passage,
  seen: readonly string[],
): HandlerVerdict[] {
  const asksLevel = from.options.respect_handler_level === true;
  const judged = judgeHandler(asksLevel ? target : { ...target, level: 0 }, passage, [...seen, from.name]);
  return judged.map((verdict, index) =>
    index === 0 && verdict.verdict !== 'no' ? { ...verdict, reason: `passed on by "${from.name}"` } : verdict,
  );
}

function throughText(handler: PlannedComponent, plan: ConfigPlan): string {
  if (targetsOf(handler, plan).length > 0) return 'passes it on';
  const { filename } = handler.options;
  if (filename !== undefined) return `to ${String(filename)}`;
  return handler.formatter === undefined
    ? 'as the bare message'
    : `with the formatter "${handler.formatter}"`;
}

function judgeFilters(filters: readonly (PlannedComponent | FilterLike)[], logger: string): FilterVerdict[] {
  return filters.map((filter) => {
    if (!('path' in filter))
      return { filter: 'filter', verdict: 'maybe', reason: 'if a filter lets it pass' };
    const { name, type, options } = filter;
    if (type !== Filter)
      return {
        filter: name,
        verdict: 'maybe',
        reason: `if the filter "${name}" (${type.name}) lets it pass`,
      };
    const wanted = String(options.name ?? '');
    const passes = wanted === '' || isAtOrBelow(logger, wanted);
    return passes
      ? { filter: name, verdict: 'yes', reason: '' }
      : { filter: name, verdict: 'no', reason: `its filter "${name}" lets only records of "${wanted}" pass` };
  });
}

function worst(verdicts: readonly FilterVerdict[]): FilterVerdict['verdict'] {
  if (verdicts.some(({ verdict }) => verdict === 'no')) return 'no';
  return verdicts.some(({ verdict }) => verdict === 'maybe') ? 'maybe' : 'yes';
}

function no(handler: PlannedComponent, reason: string): HandlerVerdict {
  return { handler: handler.name, class: handler.type.name, verdict: 'no', reason };
}

function whyNotMet(handler: PlannedComponent, root: LoggerNode, plan: ConfigPlan, last: LoggerNode): string {
  const owners = all(root).filter(({ handlers }) => handlers.includes(handler));
  if (owners.length === 0) {
    const feeder = plan.handlers.find((other) => targetsOf(other, plan).includes(handler));
    return feeder === undefined
      ? 'no logger has it'
      : `only the handler "${feeder.name}" passes records to it`;
  }
  const names = owners.map(({ name }) => (name === '' ? 'the root logger' : `"${name}"`)).join(', ');
  const isAbove = owners.some((owner) => allAbove(last).includes(owner));
  return isAbove ? `it is at ${names}, and "${last.name}" does not propagate` : `it is at ${names}`;
}

function all(node: LoggerNode): LoggerNode[] {
  return [node, ...node.children.flatMap(all)];
}
