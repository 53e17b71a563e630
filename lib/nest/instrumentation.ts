import { reportLoggingError } from '../core/reports/diagnostics.js';
import { globalSlot } from '../runtime/global-slot.js';

/** Undoes what was done to an application; does nothing the second time. */
export type Undo = () => void;

/** A change that is made once for all who want it. */
interface Shared {
  users: number;
  readonly undo: Undo;
}

/** A method that replaced another. */
interface Replacement {
  /** The property that it replaced; `undefined` where the method was inherited. */
  readonly replaced: PropertyDescriptor | undefined;
  isActive: boolean;
}

const here = globalSlot('nest.instrumentation.1', () => ({
  replacements: new WeakMap<object, Replacement>(),
  shared: new WeakMap<object, Map<string, Shared>>(),
}));

/**
 * The changes that were made to an application, and their undo functions.
 *
 * Every change in objects of others (methods, listeners, metadata, lists) is made by one of the functions below. Each
 * returns its undo, and the list keeps it until the application closes.
 */
export class UndoList {
  #undos: Undo[];

  constructor(...undos: readonly Undo[]) {
    this.#undos = [...undos];
  }

  /** Keeps further ones; they are undone first. */
  add(...undos: readonly Undo[]): void {
    this.#undos.push(...undos);
  }

  /** Undoes everything, the last first, and each once. Throws nothing: what an undo throws is reported. */
  readonly undo: Undo = () => {
    const undos = this.#undos.reverse();
    this.#undos = [];
    for (const undo of undos) {
      try {
        undo();
      } catch (error) {
        reportLoggingError({ toString: () => '<instrumentation of LoggingModule>' }, undefined, error);
      }
    }
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a method of any kind
type AnyMethod = (this: any, ...args: any[]) => any;

/**
 * Replaces a method.
 *
 * @param replace Makes it from the existing one. It gets the arguments of the method.
 * @returns The undo. If the method was replaced again since, that replacement stays, and calls the old method
 * again.
 */
export function replaceMethod<T extends object, Method extends AnyMethod = AnyMethod>(
  target: T,
  name: string,
  replace: (method: Method) => AnyMethod,
): Undo {
  const method = Reflect.get(target, name) as unknown;
  const replaced = Object.getOwnPropertyDescriptor(target, name);
  const isFixed = replaced === undefined ? !Object.isExtensible(target) : !replaced.configurable;
  if (typeof method !== 'function' || isFixed) return () => {};
  let current = replace(method as Method);
  const replacement: AnyMethod = function (...args) {
    return Reflect.apply(current, this, args);
  };
  Object.defineProperties(replacement, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
  const state: Replacement = { replaced, isActive: true };
  here.replacements.set(replacement, state);
  Object.defineProperty(target, name, {
    value: replacement,
    configurable: true,
    enumerable: replaced?.enumerable ?? false,
    writable: true,
  });
  return () => {
    state.isActive = false;
    current = method as AnyMethod;
    restore(target, name);
  };
}

/** Several of us may have replaced the same method, and end in any order. */
function restore(target: object, name: string): void {
  for (;;) {
    const value: unknown = Object.getOwnPropertyDescriptor(target, name)?.value;
    const state = typeof value === 'function' ? here.replacements.get(value) : undefined;
    if (state === undefined || state.isActive) return;
    if (state.replaced === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, state.replaced);
  }
}

/**
 * Changes an object that several applications may share, for as long as one of them wants it.
 *
 * @param key What is done, by a name of ours.
 */
export function share(target: object, key: string, act: () => Undo): Undo {
  const all = here.shared.get(target) ?? new Map<string, Shared>();
  here.shared.set(target, all);
  const shared = all.get(key) ?? { users: 0, undo: act() };
  all.set(key, shared);
  shared.users += 1;
  let isUsed = true;
  return () => {
    if (!isUsed) return;
    isUsed = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    all.delete(key);
    shared.undo();
  };
}

/** Marks a method as a decorator would; undoing that keeps marks that were set since. */
export function mark(method: object, key: string, value: unknown): Undo {
  const hadOwn = Reflect.hasOwnMetadata(key, method);
  const before = Reflect.getOwnMetadata(key, method) as unknown;
  Reflect.defineMetadata(key, value, method);
  return () => {
    if (Reflect.getOwnMetadata(key, method) !== value) return;
    if (hadOwn) Reflect.defineMetadata(key, before, method);
    else Reflect.deleteMetadata(key, method);
  };
}

/** Puts something first on a list. */
export function putFirst<T>(list: T[], item: T): Undo {
  list.unshift(item);
  return () => takeOff(list, item);
}

/** Takes one thing off a list, if it is there. */
export function takeOff<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
