import type { ConfigPlan, PlannedComponent, PlannedLogger } from '../config/plan/planned-config.js';
import type { FilterLike } from '../core/filter-like.js';
import { WARNING } from '../core/levels.js';

/** A logger as a configuration would set it up. */
export interface LoggerNode {
  /** `''` for the root. */
  readonly name: string;
  /** Whether the configuration does not name it: it is only there because of those below it. */
  readonly isPlaceholder: boolean;
  /** Its own level; 0 to take the parent's. */
  readonly level: number;
  /** The level that counts. */
  readonly effectiveLevel: number;
  readonly propagates: boolean;
  readonly handlers: readonly PlannedComponent[];
  readonly filters: readonly (PlannedComponent | FilterLike)[];
  readonly parent: LoggerNode | undefined;
  readonly children: readonly LoggerNode[];
}

/** The loggers as a plan would set them up in a fresh program; the root is given. */
export function loggerTree(plan: ConfigPlan): LoggerNode {
  const planned = new Map(
    plan.loggers.map((logger) => [logger.name === 'root' ? '' : (logger.name as string), logger]),
  );
  // As in Python, the entry `root` comes after a logger of that name.
  if (plan.root !== undefined) planned.set('', { ...planned.get(''), ...given(plan.root) });
  const names = new Set([...planned.keys()].flatMap(withParents));
  const root = makeNode('', undefined, planned.get(''), plan);
  const nodes = new Map<string, MutableNode>([['', root]]);
  for (const name of [...names].filter((name) => name !== '').sort()) {
    const parent = nodes.get(name.slice(0, Math.max(name.lastIndexOf('.'), 0))) as MutableNode;
    const node = makeNode(name, parent, planned.get(name), plan);
    nodes.set(name, node);
    parent.children.push(node);
  }
  return root;
}

/** The node that a logger's records start from, and the loggers above it that the configuration does not name. */
export function findNode(root: LoggerNode, name: string): { node: LoggerNode; isNamed: boolean } {
  const path = name === 'root' ? '' : name;
  let node = root;
  for (;;) {
    const next = node.children.find((child) => path === child.name || path.startsWith(`${child.name}.`));
    if (next === undefined) return { node, isNamed: node.name === path && !node.isPlaceholder };
    node = next;
  }
}

/** A logger and those above it that get its records, the nearest first: all, or up to one that does not propagate. */
export function wayUp(node: LoggerNode): LoggerNode[] {
  const way = [node];
  for (let each = node; each.propagates && each.parent !== undefined; each = each.parent)
    way.push(each.parent);
  return way;
}

type MutableNode = LoggerNode & { readonly children: LoggerNode[] };

function makeNode(
  name: string,
  parent: LoggerNode | undefined,
  planned: PlannedLogger | undefined,
  plan: ConfigPlan,
): MutableNode {
  const level = planned?.level ?? (name === '' ? WARNING : 0);
  return {
    name,
    isPlaceholder: planned === undefined && name !== '',
    level,
    effectiveLevel: level === 0 && parent !== undefined ? parent.effectiveLevel : level,
    propagates: planned?.propagate ?? true,
    handlers: pick(planned?.handlers ?? [], plan.handlers),
    filters: (planned?.filters ?? []).flatMap((filter): (PlannedComponent | FilterLike)[] =>
      typeof filter === 'string' ? pick([filter], plan.filters) : [filter],
    ),
    parent,
    children: [],
  };
}

function pick(names: readonly string[], components: readonly PlannedComponent[]): PlannedComponent[] {
  return names.flatMap((name) => components.filter((component) => component.name === name));
}

/** `shop.orders.pay`, `shop.orders`, `shop`. */
function withParents(name: string): string[] {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** Without what an entry leaves as it is. */
function given(root: PlannedLogger): PlannedLogger {
  const { level, ...rest } = root;
  return level === undefined ? (rest as PlannedLogger) : root;
}
