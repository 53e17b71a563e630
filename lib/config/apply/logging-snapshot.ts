import type { Filterer } from '../../core/filter.js';
import type { FilterLike, FilterObject, FilterOwner } from '../../core/filter-like.js';
import { type Handler, openHandlers } from '../../core/handler.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getManager } from '../../core/loggers/manager.js';
import { state } from '../../core/state.js';

/** The filters of a logger or handler: the list itself, and what was in it. */
interface FilterState {
  readonly list: FilterLike[];
  readonly content: readonly FilterLike[];
}

interface LoggerState {
  readonly logger: Logger;
  readonly level: number;
  readonly disabled: boolean;
  readonly propagate: boolean;
  readonly handlers: readonly Handler[];
  readonly filters: FilterState;
}

interface HandlerState {
  readonly handler: Handler;
  readonly name: string | null;
  readonly level: number;
  readonly formatter: Handler['formatter'];
  readonly filters: FilterState;
}

/** Shared by the many loggers that have nothing of their own. */
const NOTHING: readonly never[] = [];

/**
 * What loggers, handlers and names are like before a change, to go back to if the change fails half-way.
 *
 * Methods that a class overrides may be what failed, so the way back goes round them.
 */
export class LoggingSnapshot {
  readonly #manager = getManager();
  readonly #groups = this.#manager.groups;
  readonly #names = new Map(state.handlersByName as Map<string, Handler>);
  readonly #loggers: readonly LoggerState[];
  readonly #handlers: ReadonlyMap<Handler, HandlerState>;

  constructor() {
    this.#loggers = [this.#manager.root, ...this.#manager.loggers()].map(stateOfLogger);
    const handlers = new Set([...openHandlers(), ...this.#names.values()]);
    this.#handlers = new Map([...handlers].map((handler) => [handler, stateOfHandler(handler)]));
  }

  /** Whether a handler was there already. */
  has(handler: Handler): boolean {
    return this.#handlers.has(handler);
  }

  /** Goes back; nothing that user code throws keeps the rest from being as it was. */
  restore(): void {
    this.#manager.changeMany(() => {
      this.#manager.groups = this.#groups;
      for (const before of this.#loggers) attempt(() => restoreLogger(before));
      for (const before of this.#handlers.values()) attempt(() => restoreHandler(before));
    });
    state.handlersByName.clear();
    for (const [name, handler] of this.#names) state.handlersByName.set(name, handler);
  }
}

function stateOfLogger(logger: Logger): LoggerState {
  return {
    logger,
    level: logger.level,
    disabled: logger.disabled,
    propagate: logger.propagate,
    handlers: copyOf(logger.handlers),
    filters: stateOfFilters(logger),
  };
}

function restoreLogger({ logger, level, disabled, propagate, handlers, filters }: LoggerState): void {
  logger.handlers.splice(0, logger.handlers.length, ...handlers);
  logger.propagate = propagate;
  if (logger.disabled !== disabled) assign(logger, 'disabled', disabled);
  if (logger.level !== level) original(logger, 'setLevel')?.value.call(logger, level);
  restoreFilters(logger, filters);
}

function stateOfHandler(handler: Handler): HandlerState {
  const { name, level, formatter } = handler;
  return { handler, name, level, formatter, filters: stateOfFilters(handler) };
}

function restoreHandler({ handler, name, level, formatter, filters }: HandlerState): void {
  if (handler.name !== name) assign(handler, 'name', name);
  handler.level = level;
  handler.formatter = formatter;
  restoreFilters(handler, filters);
}

function stateOfFilters({ filters }: Filterer): FilterState {
  return { list: filters, content: copyOf(filters) };
}

function restoreFilters(owner: Filterer & FilterOwner, before: FilterState): void {
  const now = [...owner.filters];
  owner.filters = before.list;
  before.list.splice(0, before.list.length, ...before.content);
  for (const filter of now) {
    if (!before.content.includes(filter)) attempt(() => (filter as Partial<FilterObject>).detached?.(owner));
  }
  for (const filter of before.content) {
    if (!now.includes(filter)) attempt(() => (filter as Partial<FilterObject>).attached?.(owner));
  }
}

function copyOf<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NOTHING : [...list];
}

/** Sets a property as the class of this package does, ignoring overrides of derived classes. */
function assign(object: object, key: string, value: unknown): void {
  original(object, key)?.set?.call(object, value);
}

/** The property as the topmost class that has it defines it. */
function original(object: object, key: string): PropertyDescriptor | undefined {
  let found: PropertyDescriptor | undefined;
  for (
    let level: object | null = object;
    level !== null;
    level = Object.getPrototypeOf(level) as object | null
  )
    found = Object.getOwnPropertyDescriptor(level, key) ?? found;
  return found;
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // What failed first is what is reported.
  }
}
