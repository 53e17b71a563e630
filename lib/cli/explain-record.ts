import { targetsOf } from '../config/plan/component-references.js';
import type { ConfigPlan, PlannedComponent } from '../config/plan/planned-config.js';
import { Filter } from '../core/filter.js';
import type { FilterLike } from '../core/filter-like.js';
import {
  combined,
  type FilterFacts,
  type HandlerFacts,
  type HandlerJudgement,
  type HandlerVerdict,
  type Judgement,
  judgeFilter,
  judgeHandler,
  type Verdict,
} from '../core/loggers/logging-flow.js';
import { findNode, type LoggerNode, loggerTree, wayUp } from './logger-tree.js';

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

interface FilterVerdict extends Judgement {
  readonly filter: string;
}

/** Follows a record of a logger through a plan, without making anything. */
export function explainRecord(plan: ConfigPlan, logger: string, level: number): Explanation {
  const root = loggerTree(plan);
  const { node, isNamed } = findNode(root, logger);
  const nodes = wayUp(node);
  const levelOwner = [node, ...allAbove(node)].find((each) => each.level !== 0) ?? root;
  const isEnabled = level >= node.effectiveLevel;
  const own = isNamed ? node.filters.map((filter) => filterVerdict(filter, logger)) : [];
  const before = isEnabled ? atLogger(combined(own).verdict) : NOT_ENABLED;
  const facts = handlerFacts(plan);
  const way = nodes.map((each) => ({
    logger: each.name,
    handlers: each.handlers
      .flatMap((handler) => judgeHandler(handler, facts, { logger, levelno: level }, before))
      .map(verdictOf),
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
      .map((handler) => verdictOf({ handler, verdict: 'no', reason: whyNotMet(handler, root, plan, last) })),
  };
}

function allAbove(node: LoggerNode): LoggerNode[] {
  return node.parent === undefined ? [] : [node.parent, ...allAbove(node.parent)];
}

const NOT_ENABLED: Judgement = { verdict: 'no', reason: 'the logger is not enabled for the level' };

/** What the verdict of a logger's filters means at the handlers. */
function atLogger(verdict: Verdict): Judgement {
  if (verdict === 'no') return { verdict, reason: 'the logger refuses the record' };
  return { verdict, reason: verdict === 'maybe' ? "if the logger's filters let it pass" : '' };
}

/** How to look at the handlers of a plan. */
function handlerFacts(plan: ConfigPlan): HandlerFacts<PlannedComponent> {
  return {
    name: ({ name }) => name,
    level: ({ level }) => level ?? 0,
    filters: ({ filters }) =>
      filters
        .flatMap((filter): (PlannedComponent | FilterLike)[] =>
          typeof filter === 'string' ? plan.filters.filter(({ name }) => name === filter) : [filter],
        )
        .map(filterFacts),
    targets: (handler) => targetsOf(handler, plan),
    respectsLevels: ({ options }) => options.respect_handler_level === true,
    output: outputOf,
  };
}

function filterFacts(filter: PlannedComponent | FilterLike): FilterFacts {
  if (!('path' in filter)) return { title: 'a filter', passes: undefined };
  const { name, type, options } = filter;
  return type === Filter
    ? { title: `its filter "${name}"`, passes: String(options.name ?? '') }
    : { title: `the filter "${name}" (${type.name})`, passes: undefined };
}

function filterVerdict(filter: PlannedComponent | FilterLike, logger: string): FilterVerdict {
  const name = 'path' in filter ? filter.name : 'filter';
  return { filter: name, ...judgeFilter(filterFacts(filter), logger) };
}

function outputOf({ options: { filename }, formatter }: PlannedComponent): string {
  if (filename !== undefined) return `to ${String(filename)}`;
  return formatter === undefined ? 'as the bare message' : `with the formatter "${formatter}"`;
}

function verdictOf({ handler, verdict, reason }: HandlerJudgement<PlannedComponent>): HandlerVerdict {
  return { handler: handler.name, class: handler.type.name, verdict, reason };
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
