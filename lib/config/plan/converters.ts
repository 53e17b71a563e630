import { suggestion } from '../../core/suggestion.js';
import { lazyPattern } from '../../runtime/lazy.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { externalNames, findExternal } from '../components/component-registry.js';
import type { Section } from './sections.js';

/** Names that lead from a value to what it inherits; refused wherever a configuration names something. */
const INHERITED = new Set(['__proto__', 'constructor', 'prototype']);
/** The keys of a `cfg://`: the first, and one after a dot. */
const firstKey = lazyPattern(String.raw`^\s*([\p{L}\p{N}_]+)\s*`, 'u');
const nextKey = lazyPattern(String.raw`^\.\s*([\p{L}\p{N}_]+)\s*`, 'u');

/** A reference to a component of the same configuration that a `cfg://` names. */
export class ComponentReference {
  constructor(
    readonly section: Section,
    readonly name: string,
  ) {}
}

/** Thrown for a value that cannot be converted; the plan adds the path. */
class ConversionError extends Error {}

/**
 * Resolves `ext://` and `cfg://` in a configuration's values.
 *
 * @see https://docs.python.org/3/library/logging.config.html#access-to-internal-objects
 */
export class Converter {
  /** Top-level keys that a `cfg://` went through. */
  readonly usedKeys = new Set<string>();
  /** The objects and lists around the value that is converted. */
  readonly #around: object[] = [];

  constructor(private readonly config: object) {}

  /**
   * A copy of a value with every reference inside it resolved. An object with methods of its own, such as a stream, is not
   * copied if it has none: it would no longer be that object.
   *
   * @param issue Called for each reference that leads nowhere, with the path below the value.
   * @param trail The references that led here, none of which may come again.
   */
  convert(
    value: unknown,
    issue: (path: readonly string[], message: string) => void,
    path: readonly string[] = [],
    trail: readonly string[] = [],
  ): unknown {
    if (typeof value === 'string') {
      const referred = this.resolve(value, (message) => issue(path, message), trail);
      // What a `cfg://` leads to may hold references of its own; what an `ext://` does is as it is.
      if (typeof referred !== 'object' || !value.startsWith('cfg://')) return referred;
      return this.convert(referred, issue, path, [...trail, value]);
    }
    const isList = Array.isArray(value);
    if (!isList && !isPlainObject(value)) return value;
    if (this.#around.includes(value)) {
      issue(path, 'refers to itself; give an object of a class, or make it known with registerExternal');
      return undefined;
    }
    this.#around.push(value);
    try {
      if (isList)
        return value.map((item, index) => this.convert(item, issue, [...path, String(index)], trail));
      return isWhole(value) ? value : this.#copy(value, issue, path, trail);
    } finally {
      this.#around.pop();
    }
  }

  #copy(
    value: Record<string, unknown>,
    issue: (path: readonly string[], message: string) => void,
    path: readonly string[],
    trail: readonly string[],
  ): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (INHERITED.has(key)) issue([...path, key], 'this key is not allowed');
      else copy[key] = this.convert(value[key], issue, [...path, key], trail);
    }
    return copy;
  }

  /**
   * The same for what is to be made in a worker thread: its `ext://` and its references to components are resolved
   * there; here only a `cfg://` to what the configuration has besides them.
   */
  convertForWorker(
    value: unknown,
    issue: (path: readonly string[], message: string) => void,
    path: readonly string[] = [],
  ): unknown {
    if (typeof value === 'string') {
      const isHere = value.startsWith('cfg://') && !/^cfg:\/\/\s*(handlers|formatters|filters)\b/.test(value);
      return isHere ? this.convert(value, issue, path) : value;
    }
    if (Array.isArray(value))
      return value.map((item, index) => this.convertForWorker(item, issue, [...path, String(index)]));
    if (!isPlainObject(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (INHERITED.has(key)) issue([...path, key], 'this key is not allowed');
      else copy[key] = this.convertForWorker(value[key], issue, [...path, key]);
    }
    return copy;
  }

  /** One string: the unconverted value it refers to, or itself; `undefined` after an error. */
  resolve(text: string, issue: (message: string) => void, trail: readonly string[] = []): unknown {
    try {
      return this.#follow(text, trail);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      issue(error.message);
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
    const first = firstKey().exec(path);
    if (first?.[1] === undefined)
      throw new ConversionError(`cannot read "cfg://${path}": it must start with a key`);
    let value = own(this.config, first[1], path);
    this.usedKeys.add(first[1]);
    const keys = [first[1]];
    for (let rest = path.slice(first[0].length); rest !== ''; ) {
      const step = nextKey().exec(rest) ?? /^\[([^[\]]*)\]\s*/.exec(rest);
      if (step?.[1] === undefined) throw new ConversionError(`cannot read "cfg://${path}" at "${rest}"`);
      const key = step[0].startsWith('[') ? bracketed(value, step[1]) : step[1];
      value = own(value, key, path);
      keys.push(key);
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

/** Whether an object has methods of its own, and nothing in it is to be converted or refused. */
export function isWhole(value: Record<string, unknown>): boolean {
  return Object.values(value).some((item) => typeof item === 'function') && !needsConversion(value, []);
}

/** Whether there is a reference in a value, a name that is not allowed, or the value itself. */
function needsConversion(value: unknown, around: readonly object[]): boolean {
  if (typeof value === 'string') return /^(?:ext|cfg):\/\//.test(value);
  if (!Array.isArray(value) && !isPlainObject(value)) return value instanceof ComponentReference;
  if (around.includes(value)) return true;
  return Object.entries(value).some(
    ([key, item]) => INHERITED.has(key) || needsConversion(item, [...around, value]),
  );
}

/** The key that a string between brackets names: that exact string, or a word or an index with blanks around it. */
function bracketed(value: unknown, text: string): string {
  if (hasOwn(value, text)) return text;
  const word = text.trim();
  return Array.isArray(value) && /^\d+$/.test(word) ? String(Number(word)) : word;
}

function hasOwn(value: unknown, key: string): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || INHERITED.has(key)) return false;
  return Object.hasOwn(value, key) && !(Array.isArray(value) && key === 'length');
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

/** True for names that would reach a prototype. */
export function isInheritedName(name: string): boolean {
  return INHERITED.has(name);
}
