import { targetsOf } from '../config/plan/component-references.js';
import type { ConfigPlan, PlannedComponent } from '../config/plan/planned-config.js';
import type { FilterLike } from '../core/filter-like.js';
import { escapeControls } from '../core/formatting/sanitize.js';
import { componentText, levelText } from './component-text.js';
import { importModules, type LoadSettings, loadPlan } from './load-plan.js';
import { type LoggerNode, loggerTree } from './logger-tree.js';
import { levelStyle, type Painter, painterFor, type Terminal, writeJson } from './terminal.js';

/** Options of `tree`. */
export interface TreeSettings extends LoadSettings {
  readonly json?: boolean;
}

/** Shows the loggers that a configuration would set up; nothing is opened or written. */
export async function tree(file: string, settings: TreeSettings, terminal: Terminal): Promise<number> {
  await importModules(settings);
  const { plan, unknown } = await loadPlan(file, { ...settings, allowUnknown: true }, terminal);
  const root = loggerTree(plan);
  if (settings.json) {
    writeJson(terminal, nodeJson(root, plan));
    return 0;
  }
  terminal.stdout.write(`${new TreePrinter(plan, painterFor('stdout', terminal)).print(root).join('\n')}\n`);
  if (plan.incremental)
    terminal.stderr.write('note: incremental: it sets these levels and leaves all else as it is\n');
  for (const name of unknown) terminal.stderr.write(`note: ${name} is not known here\n`);
  return 0;
}

/** Writes a tree the way Python's `logging_tree` does. */
class TreePrinter {
  constructor(
    private readonly plan: ConfigPlan,
    private readonly paint: Painter,
  ) {}

  print(root: LoggerNode): string[] {
    return [
      `<--${this.#name(root)}`,
      ...this.#details(root).map((line) => `   ${line}`),
      ...this.#children(root, '   '),
    ];
  }

  #children(node: LoggerNode, margin: string): string[] {
    const { paint } = this;
    return node.children.flatMap((child, index) => {
      const isLast = index === node.children.length - 1;
      const below = `${margin}${isLast ? ' ' : paint('|', 'dim')}   `;
      return [
        `${margin}${paint('|', 'dim')}`,
        `${margin}${paint(child.propagates ? 'o<--' : 'o   ', 'dim')}${this.#name(child)}`,
        ...this.#details(child).map((line) => `${below}${line}`),
        ...this.#children(child, below),
      ];
    });
  }

  #name({ name, isPlaceholder }: LoggerNode): string {
    const shown = escapeControls(name, true);
    return isPlaceholder ? this.paint(`[${shown}]`, 'dim') : this.paint(`"${shown}"`, 'bold');
  }

  #details(node: LoggerNode): string[] {
    if (node.isPlaceholder) return [];
    return [
      this.#level(node),
      ...(node.propagates ? [] : [this.paint('Propagate OFF', 'magenta')]),
      ...node.filters.map((filter) => this.#filter(filter)),
      ...node.handlers.flatMap((handler) => this.#handler(handler)),
    ];
  }

  #level({ level, effectiveLevel }: LoggerNode): string {
    const shown = this.paint(levelText(effectiveLevel), levelStyle(effectiveLevel));
    return level === 0 && effectiveLevel !== 0 ? `Level NOTSET so inherits level ${shown}` : `Level ${shown}`;
  }

  /** @param seen Handlers above: two that name each other are refused when they are made, not when they are planned. */
  #handler(handler: PlannedComponent, seen: readonly PlannedComponent[] = []): string[] {
    const { level, filters, formatter } = handler;
    const planned = this.plan.formatters.find(({ name }) => name === formatter);
    const targets = seen.includes(handler) ? [] : targetsOf(handler, this.plan);
    return [
      `Handler ${this.paint(handler.name, 'cyan')}: ${componentText(handler)}`,
      ...[
        ...(level === undefined || level === 0
          ? []
          : [`Level ${this.paint(levelText(level), levelStyle(level))}`]),
        ...filters.map((filter) =>
          this.#filter(this.plan.filters.find(({ name }) => name === filter) ?? filter),
        ),
        ...(planned === undefined
          ? []
          : [`Formatter ${this.paint(planned.name, 'cyan')}: ${componentText(planned)}`]),
        ...targets.flatMap((target) => this.#handler(target, [...seen, handler])),
      ].map((line) => `  ${line}`),
    ];
  }

  #filter(filter: PlannedComponent | FilterLike | string): string {
    if (typeof filter === 'object' && 'path' in filter)
      return `Filter ${this.paint(filter.name, 'cyan')}: ${componentText(filter)}`;
    return `Filter ${typeof filter === 'function' ? filter.name || 'function' : filter.constructor.name}`;
  }
}

function nodeJson(node: LoggerNode, plan: ConfigPlan): object {
  return {
    name: node.name,
    placeholder: node.isPlaceholder,
    level: levelText(node.level),
    effectiveLevel: levelText(node.effectiveLevel),
    propagate: node.propagates,
    filters: node.filters.map((filter) => ('path' in filter ? filter.name : 'filter')),
    handlers: node.handlers.map((handler) => handlerJson(handler, plan)),
    children: node.children.map((child) => nodeJson(child, plan)),
  };
}

function handlerJson(handler: PlannedComponent, plan: ConfigPlan): object {
  return {
    name: handler.name,
    class: handler.type.name,
    level: levelText(handler.level ?? 0),
    formatter: handler.formatter ?? null,
    filters: handler.filters.map((filter) => (typeof filter === 'string' ? filter : 'filter')),
    targets: targetsOf(handler, plan).map(({ name }) => name),
  };
}
