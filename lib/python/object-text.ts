import { inspect, types } from 'node:util';
import { errorProperties, hasMembers } from '../redaction/error-properties.js';
import { boundedCache } from '../runtime/bounded-cache.js';
import { cutText } from '../runtime/cut-text.js';
import { isSuppressedError, SUPPRESSION } from '../runtime/error-chain.js';
import { ownText, tagOf } from './own-text.js';
import { stringRepr } from './string-repr.js';

/** Levels of nesting shown below the value itself; what is deeper shows as `[Object]`. */
const MAX_DEPTH = 5;
/** Entries shown of each array, object, map or set. */
const MAX_ENTRIES = 100;
/** After this many characters of one value, what is left is counted, not shown. */
const MAX_TEXT = 16_384;

/** Characters between two entries. */
const SEPARATOR = 2;

const { __lookupGetter__: lookupGetter } = Object.prototype as unknown as {
  __lookupGetter__(key: PropertyKey): unknown;
};

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** What precedes the value of a key: as the first entry, and behind others. */
interface Lead {
  readonly first: string;
  readonly later: string;
}

/** Most objects have the same few keys. */
const leads = boundedCache(leadOf, 1_000, 64);

/** The state of a walk through a value. */
interface Walk {
  readonly ancestors: object[];
  textLeft: number;
}

/**
 * An object, array or function on one line, much as `node:util`'s `inspect` prints it:
 * `{ id: 7, tags: [ 'a' ] }`. An error gives `Name: message`, a date its ISO form, and an instance of a class
 * with a `toString` of its own what that gives.
 *
 * Bounded in depth, in entries a level and in length as a whole; getters are named, not called; a proxy's
 * traps are not run. Where the value throws when touched, the text is `[unprintable: reason]`.
 */
export function objectText(value: object): string {
  try {
    return ownText(value) ?? structureText(value, { ancestors: [], textLeft: MAX_TEXT });
  } catch (reason) {
    return unprintable(reason);
  }
}

function valueText(value: unknown, walk: Walk): string {
  if (typeof value === 'string') return spend(stringRepr(cutText(value, walk.textLeft, '…')), walk);
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
    return spend(literalText(value), walk);
  }
  try {
    if (walk.ancestors.includes(value)) return '[Circular]';
    const text = ownText(value);
    if (text === undefined) return structureText(value, walk);
    const shown = cutText(text, walk.textLeft, '…');
    return types.isNativeError(value) || value instanceof Error
      ? errorText(value as Error, shown, walk)
      : spend(shown, walk);
  } catch (reason) {
    return unprintable(reason);
  }
}

/** An error within a structure: `[Error: refused { code: 'E1', [cause]: [Error: below] }]`. */
function errorText(error: Error, shown: string, walk: Walk): string {
  spend(shown, walk);
  if (walk.ancestors.length > MAX_DEPTH) return `[${shown}]`;
  walk.ancestors.push(error);
  try {
    let entries: Entries;
    for (const [name, value] of errorProperties(error)) {
      if (isFull(0, walk)) break;
      entries = member(entries, leads.get(name), valueText(value, walk));
    }
    for (const name of errorLinks(error)) {
      if (isFull(0, walk)) break;
      entries = joined(entries, `[${name}]: ${propertyText(error, name, walk)}`);
    }
    return entries === undefined ? `[${shown}]` : `[${bracketed(shown, '{', entries, '}')}]`;
  } finally {
    walk.ancestors.pop();
  }
}

/** The names of what an error refers to: its cause, the members of one that has others, and what a SuppressedError has. */
function errorLinks(error: Error): readonly string[] {
  const names: string[] = [];
  if (Object.hasOwn(error, 'cause')) names.push('cause');
  if (Object.hasOwn(error, 'errors') && hasMembers(error)) names.push('errors');
  if (isSuppressedError(error)) names.push(...SUPPRESSION);
  return names;
}

/** A primitive as JavaScript writes it. */
function literalText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function spend(text: string, walk: Walk): string {
  walk.textLeft -= text.length;
  return text;
}

function structureText(value: object, walk: Walk): string {
  if (types.isProxy(value)) return leafText(value, walk);
  const name = className(value);
  const isArray = Array.isArray(value);
  if (walk.ancestors.length > MAX_DEPTH) return isArray ? '[Array]' : `[${name || 'Object'}]`;
  walk.ancestors.push(value);
  try {
    if (isArray) return bracketed(prefix(name, 'Array', value.length), '[', arrayEntries(value, walk), ']');
    if (name === 'Object') return bracketed(tagText(value), '{', objectEntries(value, walk), '}');
    if (types.isMap(value)) return bracketed(`${name}(${value.size})`, '{', mapEntries(value, walk), '}');
    if (types.isSet(value)) return bracketed(`${name}(${value.size})`, '{', setEntries(value, walk), '}');
    if (isLeaf(value)) return leafText(value, walk);
    return bracketed(prefix(name, 'Object'), '{', objectEntries(value, walk), '}');
  } finally {
    walk.ancestors.pop();
  }
}

/** True where the entries of an object say little about it: functions, buffers, promises… */
function isLeaf(value: object): boolean {
  if (typeof value === 'function') return true;
  // Asked of the prototype chain, `inspect.custom` is how a class says what is shown of it.
  if (typeof (value as { [inspect.custom]?: unknown })[inspect.custom] === 'function') return true;
  return (
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isRegExp(value) ||
    types.isPromise(value) ||
    types.isBoxedPrimitive(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isExternal(value) ||
    types.isModuleNamespaceObject(value)
  );
}

function leafText(value: object, walk: Walk): string {
  // A function and a promise show no more than what they are, for the reason given at `objectEntries`.
  const depth = typeof value === 'function' || types.isPromise(value) ? -1 : 2;
  const text = inspect(value, {
    depth,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxArrayLength: MAX_ENTRIES,
    maxStringLength: MAX_TEXT,
    showProxy: false,
    colors: false,
  });
  const line = text.includes('\n') ? oneLine(text) : text;
  return spend(cutText(line, walk.textLeft, '…'), walk);
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

/** The name of the class, read without calling a getter; empty where there is no prototype. */
function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return 'Object';
  if (prototype === Array.prototype) return 'Array';
  for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const maker: unknown = Object.getOwnPropertyDescriptor(holder, 'constructor')?.value;
    if (typeof maker !== 'function' || holder === value) continue;
    const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value;
    if (typeof name === 'string' && name !== '') return name;
  }
  return '';
}

/** `Object [Array Iterator]`: iterators and generators have a tag and no class. Their items are not shown: some would be used up. */
function tagText(value: object): string {
  if (Object.getPrototypeOf(value) === Object.prototype) return '';
  const tag = tagOf(value);
  return tag === undefined ? '' : `Object [${tag}]`;
}

function prefix(name: string, plainName: string, size?: number): string {
  if (name === plainName) return '';
  const shown = name === '' ? `[${plainName}: null prototype]` : name;
  return size === undefined ? shown : `${shown}(${size})`;
}

/** The entries of a structure so far, with what separates them; `undefined` before the first. */
type Entries = string | undefined;

/** Joined one by one: to collect them in a list first takes longer. */
function joined(entries: Entries, entry: string): string {
  return entries === undefined ? entry : `${entries}, ${entry}`;
}

/** The same with an entry that has a key. */
function member(entries: Entries, { first, later }: Lead, text: string): string {
  return entries === undefined ? first + text : entries + later + text;
}

function bracketed(head: string, open: string, entries: Entries, close: string): string {
  const start = head === '' ? open : `${head} ${open}`;
  return entries === undefined ? start + close : `${start} ${entries} ${close}`;
}

/**
 * Whether no more entries are shown. Each costs what separates it from the next: lists of empty lists would have no end.
 *
 * @param count How many entries there are already.
 */
function isFull(count: number, walk: Walk): boolean {
  walk.textLeft -= SEPARATOR;
  return count >= MAX_ENTRIES || walk.textLeft <= -SEPARATOR;
}

function more(count: number): string {
  return `... ${count} more item${count === 1 ? '' : 's'}`;
}

function arrayEntries(array: readonly unknown[], walk: Walk): Entries {
  let entries: Entries;
  for (let at = 0; at < array.length; at++) {
    if (isFull(at, walk)) return joined(entries, more(array.length - at));
    entries = joined(entries, Object.hasOwn(array, at) ? itemText(array, at, walk) : '<1 empty item>');
  }
  return entries;
}

/** {@link propertyText} of an item of its own. To ask for its getter alone takes a third of the time. */
function itemText(array: readonly unknown[], at: number, walk: Walk): string {
  const value = lookupGetter.call(array, at) === undefined ? array[at] : undefined;
  return value === undefined ? propertyText(array, at, walk) : valueText(value, walk);
}

function mapEntries(map: ReadonlyMap<unknown, unknown>, walk: Walk): Entries {
  let entries: Entries;
  let count = 0;
  for (const [key, value] of Map.prototype.entries.call(map)) {
    if (isFull(count, walk)) return joined(entries, more(map.size - count));
    entries = joined(entries, `${valueText(key, walk)} => ${valueText(value, walk)}`);
    count += 1;
  }
  return entries;
}

function setEntries(set: ReadonlySet<unknown>, walk: Walk): Entries {
  let entries: Entries;
  let count = 0;
  for (const value of Set.prototype.values.call(set)) {
    if (isFull(count, walk)) return joined(entries, more(set.size - count));
    entries = joined(entries, valueText(value, walk));
    count += 1;
  }
  return entries;
}

/** Keys that are symbols are left out: Node itself stores the asynchronous context of a request there. */
function objectEntries(object: object, walk: Walk): Entries {
  let entries: Entries;
  const keys = Object.keys(object);
  for (let at = 0; at < keys.length; at++) {
    if (isFull(at, walk)) return joined(entries, more(keys.length - at));
    const key = keys[at] as string;
    const lead = leads.get(key);
    walk.textLeft -= lead.first.length - SEPARATOR;
    entries = member(entries, lead, propertyText(object, key, walk));
  }
  return entries;
}

function leadOf(key: string): Lead {
  const shown = keyText(key);
  return { first: `${shown}: `, later: `, ${shown}: ` };
}

function keyText(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return PLAIN_KEY.test(key) ? key : stringRepr(key);
}

function propertyText(object: object, key: PropertyKey, walk: Walk): string {
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property?.get === undefined && property?.set === undefined) return valueText(property?.value, walk);
  if (property.get === undefined) return '[Setter]';
  return property.set === undefined ? '[Getter]' : '[Getter/Setter]';
}

/** Says why a value has no text, from whatever was thrown, which may be hostile itself. */
function unprintable(reason: unknown): string {
  try {
    const text = reason instanceof Error ? reason.message : reason;
    return `[unprintable: ${typeof text === 'string' ? cutText(text, 200) : typeof text}]`;
  } catch {
    return '[unprintable]';
  }
}
