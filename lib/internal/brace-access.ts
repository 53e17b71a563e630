import type { Access } from './brace-parse.js';
import { repr, typeName } from './python-text.js';
import { TemplateError } from './template.js';

/**
 * Follows `.name` and `[key]` from a value. A name reaches own properties and what a class gives its
 * instances, never what every object inherits (`constructor`, `__proto__`…); a key reaches an entry of an
 * array, a string or a Map, or an own property.
 *
 * @throws TemplateError (AttributeError, KeyError, IndexError, TypeError) where there is none
 */
export function followAccesses(value: unknown, accesses: readonly Access[]): unknown {
  let current = value;
  for (const access of accesses) {
    current =
      access.kind === 'attribute' ? attribute(current, String(access.key)) : item(current, access.key);
  }
  return current;
}

function attribute(value: unknown, name: string): unknown {
  if (value !== null && value !== undefined) {
    const holder = new Object(value) as Record<string, unknown>;
    if (Object.hasOwn(holder, name) || (name in holder && !(name in Object.prototype))) return holder[name];
  }
  throw new TemplateError('AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);
}

function item(value: unknown, key: string | number): unknown {
  if (typeof value === 'string') return sequenceItem([...value], key, 'string', "integers, not 'str'");
  if (Array.isArray(value)) return sequenceItem(value, key, 'list', 'integers or slices, not str');
  if (value instanceof Map) {
    if (value.has(key)) return value.get(key);
    if (typeof key === 'number' && value.has(String(key))) return value.get(String(key));
    throw new TemplateError('KeyError', repr(key));
  }
  if (typeof value !== 'object' || value === null) {
    throw new TemplateError('TypeError', `'${typeName(value)}' object is not subscriptable`);
  }
  if (Object.hasOwn(value, key)) return (value as Record<string | number, unknown>)[key];
  throw new TemplateError('KeyError', repr(key));
}

function sequenceItem(
  values: readonly unknown[],
  key: string | number,
  what: string,
  wants: string,
): unknown {
  if (typeof key !== 'number') throw new TemplateError('TypeError', `${what} indices must be ${wants}`);
  if (key < values.length) return values[key];
  throw new TemplateError('IndexError', `${what} index out of range`);
}
