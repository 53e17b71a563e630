import { suggestion } from '../core/suggestion.js';
import { externalNames, findExternal } from './component-registry.js';

/** Names that lead from a value to what it inherits; refused wherever a configuration names something. */
const INHERITED = new Set(['__proto__', 'constructor', 'prototype']);

/** Stands for a component of the same configuration that a `cfg://` names. */
export class ComponentReference {
  constructor(
    readonly section: 'handlers' | 'formatters' | 'filters',
    readonly name: string,
  ) {}
}

/** Thrown for a value that cannot be converted; the plan adds the path. */
export class ConversionError extends Error {}

/**
 * Resolves `ext://` and `cfg://` in a configuration's values.
 *
 * @see https://docs.python.org/3/library/logging.config.html#access-to-internal-objects
 */
export class Converter {
  /** Top-level keys that a `cfg://` went through. */
  readonly usedKeys = new Set<string>();

  constructor(private readonly config: object) {}

  /**
   * A copy of a value with every reference inside it resolved.
   *
   * @param fault Told about each reference that leads nowhere, with the path below the value.
   * @param trail The references that led here, none of which may come again.
   */
  convert(
    value: unknown,
    fault: (path: readonly string[], message: string) => void,
    path: readonly string[] = [],
    trail: readonly string[] = [],
  ): unknown {
    if (typeof value === 'string') {
      const referred = this.resolve(value, (message) => fault(path, message), trail);
      // What a `cfg://` leads to may hold references of its own; what an `ext://` does is as it is.
      if (typeof referred !== 'object' || !value.startsWith('cfg://')) return referred;
      return this.convert(referred, fault, path, [...trail, value]);
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.convert(item, fault, [...path, String(index)], trail));
    }
    if (!isPlainObject(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (INHERITED.has(key)) fault([...path, key], 'this key is not allowed');
      else copy[key] = this.convert(value[key], fault, [...path, key], trail);
    }
    return copy;
  }

  /** One text: what it refers to, as that stands there, or itself; `undefined` after a fault. */
  resolve(text: string, fault: (message: string) => void, trail: readonly string[] = []): unknown {
    try {
      return this.#follow(text, trail);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      fault(error.message);
      return undefined;
    }
  }

  #follow(text: string, trail: readonly string[]): unknown {
    if (text.startsWith('ext://')) return convertExternal(text.slice(6));
    if (!text.startsWith('cfg://')) return text;
    if (trail.includes(text)) throw new ConversionError(`"${text}" refers to itself`);
    const value = this.#walk(text.slice(6));
    return typeof value === 'string' ? this.#follow(value, [...trail, text]) : value;
  }

  /** Follows `a.b[c][0]` from the top of the configuration, through own properties only. */
  #walk(path: string): unknown {
    const first = /^\s*([\p{L}\p{N}_]+)\s*/u.exec(path);
    if (first?.[1] === undefined)
      throw new ConversionError(`cannot read "cfg://${path}": it must start with a key`);
    let value = own(this.config, first[1], path);
    this.usedKeys.add(first[1]);
    const keys = [first[1]];
    for (let rest = path.slice(first[0].length); rest !== ''; ) {
      const step = /^\.\s*([\p{L}\p{N}_]+)\s*/u.exec(rest) ?? /^\[\s*([\p{L}\p{N}_]+)\s*\]\s*/u.exec(rest);
      if (step?.[1] === undefined) throw new ConversionError(`cannot read "cfg://${path}" at "${rest}"`);
      value = own(value, step[1], path);
      keys.push(step[1]);
      rest = rest.slice(step[0].length);
    }
    const [section, name] = keys;
    if (
      keys.length === 2 &&
      name !== undefined &&
      (section === 'handlers' || section === 'formatters' || section === 'filters')
    ) {
      return new ComponentReference(section, name);
    }
    return value;
  }
}

function hasOwn(value: unknown, key: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !INHERITED.has(key) && Object.hasOwn(value, key);
}

function own(value: unknown, key: string, path: string): unknown {
  if (!hasOwn(value, key)) {
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    throw new ConversionError(`"cfg://${path}" leads nowhere: no key "${key}"${suggestion(key, known)}`);
  }
  return value[key];
}

function convertExternal(name: string): unknown {
  const external = findExternal(name);
  if (!external.found) {
    throw new ConversionError(
      `"ext://${name}" is not known${suggestion(name, externalNames())}; make it known with registerExternal('${name}', value)`,
    );
  }
  return external.value;
}

/** True for objects that are data: what a literal, JSON or YAML gives. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** True for names that would reach a prototype. */
export function isInheritedName(name: string): boolean {
  return INHERITED.has(name);
}
