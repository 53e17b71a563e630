import { isInheritedName } from '../plan/converters.js';
import type { ConfigIssue, Place } from './config-origin.js';
import type { YamlCollection, YamlDocument, YamlNode, YamlPair, YamlPeer, YamlScalar } from './yaml-peer.js';

/** A parsed text: its value as far as it can be read, the errors, and the place of everything. */
export interface ParsedText {
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[];
  /** The place of each key, by path. */
  readonly places: ReadonlyMap<string, Place>;
  /** Paths of texts that were written in quotes. */
  readonly quoted: ReadonlySet<string>;
}

/** How many nodes aliases may multiply a document to; what the lists of a small text can be made to grow into. */
const MAX_NODES = 20_000;
const MAX_DEPTH = 64;

/** What Python's YAML reader, and any of YAML 1.1, makes of some texts; a file has to mean the same to both. */
const PYTHON_BOOLEANS: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };
const PYTHON_NUMBER = /^[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?$/;

/** What is one thing to Python's YAML reader and another to those of YAML 1.2. */
const AMBIGUOUS = [
  // Octal, binary and hexadecimal numbers, but 0x1F.
  ...[/^[-+]?0[\d_]+$/, /^0o[0-7]+$/, /^[-+]?0b[01_]+$/, /^[-+]0x[\da-f_]+$/i, /^0x[\da-f]*_[\da-f_]*$/i],
  // Numbers in base 60, times and dates.
  ...[/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/, /^\d{4}-\d\d?-\d\d?([Tt\s].*)?$/],
  // Exponents without a point or a sign, and fractions with nothing before the point but a sign.
  ...[/^[-+]?[\d_]+e[-+]?\d+$/i, /^[-+]?[\d_]*\.[\d_]*e\d+$/i, /^[-+]\.\d+(e[-+]?\d+)?$/i],
];

/** A document, and what helps to find where it is broken. */
export interface WalkedDocument extends ParsedText {
  /** Where quotes and brackets open, by the offset where they end. */
  readonly starts: ReadonlyMap<number, number>;
}

/** Turns a document into values, and notes places and errors. */
export function walkDocument(
  yaml: YamlPeer,
  document: YamlDocument,
  placeAt: (offset: number) => Place,
  format: 'yaml' | 'json',
): WalkedDocument {
  const walk = new Walk(yaml, document, placeAt, format);
  walk.places.set('', placeAt(document.contents?.range?.[0] ?? 0));
  const value = walk.read(document.contents, '', 0);
  return { value, issues: walk.issues, places: walk.places, quoted: walk.quoted, starts: walk.starts };
}

class Walk {
  readonly issues: ConfigIssue[] = [];
  readonly places = new Map<string, Place>();
  readonly quoted = new Set<string>();
  readonly starts = new Map<number, number>();
  readonly #underway = new Set<YamlNode>();
  #nodes = 0;

  constructor(
    private readonly yaml: YamlPeer,
    private readonly document: YamlDocument,
    private readonly placeAt: (offset: number) => Place,
    private readonly format: 'yaml' | 'json',
  ) {}

  read(node: YamlNode | null, path: string, depth: number): unknown {
    if (node === null) return null;
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (this.#nodes <= MAX_NODES + 1)
        this.#issue(path, node, 'more than a configuration may hold; aliases multiply it');
      this.#nodes = Math.max(this.#nodes, MAX_NODES + 1);
      return undefined;
    }
    const { yaml } = this;
    const [start, end] = node.range ?? [];
    if (start !== undefined && end !== undefined && isEnclosed(node)) this.starts.set(end, start);
    if (yaml.isAlias(node)) return this.#alias(node.source, node.resolve(this.document), node, path, depth);
    if (node.tag !== undefined && !isPlainTag(node.tag))
      return this.#issue(path, node, `the tag ${node.tag} is not allowed; write plain values`);
    if (this.#underway.has(node)) return this.#issue(path, node, 'refers to itself');
    this.#underway.add(node);
    try {
      if (yaml.isMap(node)) return this.#map(node, path, depth);
      if (yaml.isSeq(node))
        return node.items.map((item, index) =>
          this.#item(item as YamlNode, join(path, String(index)), depth),
        );
      return yaml.isScalar(node) ? this.#scalar(node, path) : undefined;
    } finally {
      this.#underway.delete(node);
    }
  }

  #alias(name: string, target: YamlNode | undefined, node: YamlNode, path: string, depth: number): unknown {
    // The parser has reported an alias without an anchor.
    return target === undefined
      ? this.#issue(path, node, `no anchor &${name} above`)
      : this.read(target, path, depth + 1);
  }

  #item(node: YamlNode | null, path: string, depth: number): unknown {
    if (node?.range) this.places.set(path, this.placeAt(node.range[0] as number));
    return this.read(node, path, depth + 1);
  }

  #map(node: YamlCollection, path: string, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const merged: Record<string, unknown>[] = [];
    for (const { key, value } of node.items as readonly YamlPair[]) {
      const name = this.#key(key, path);
      if (name === undefined) continue;
      if (name === '<<' && this.format === 'yaml') {
        merged.push(...this.#merged(value, path, depth));
        continue;
      }
      const place = join(path, name);
      if (Object.hasOwn(result, name)) {
        this.#issue(place, key ?? node, 'this key exists already; keep one of the two');
        continue;
      }
      if (key?.range) this.places.set(place, this.placeAt(key.range[0] as number));
      if (isInheritedName(name)) this.#issue(place, key ?? node, 'this key is not allowed');
      else result[name] = this.read(value, place, depth + 1);
    }
    return merged.length === 0 ? result : Object.assign({}, ...merged.reverse(), result);
  }

  /** What `<<` takes over: an object or a list of them; the first of a list wins, and own keys take precedence. */
  #merged(value: YamlNode | null, path: string, depth: number): Record<string, unknown>[] {
    const before = new Map(this.places);
    const taken = this.read(value, path, depth + 1);
    // The place of keys written here is here, even if the anchor has them too.
    for (const [key, place] of before) this.places.set(key, place);
    const all = (Array.isArray(taken) ? taken : [taken]) as unknown[];
    if (all.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one)))
      return all as Record<string, unknown>[];
    if (value !== null) this.#issue(path, value, '<< takes an object, or a list of objects');
    return [];
  }

  #key(key: YamlNode | null, path: string): string | undefined {
    const scalar = key !== null && this.yaml.isAlias(key) ? key.resolve(this.document) : key;
    if (this.yaml.isScalar(scalar) && scalar.value !== null) {
      const { value, source } = scalar;
      if (typeof value === 'string') return value;
      return source ?? String(value);
    }
    if (key !== null) this.#issue(path, key, 'a key has to be a string');
    return undefined;
  }

  /** Plain scalars mean what they mean to Python's services; where readers differ, something else has to be written. */
  #scalar(node: YamlScalar, path: string): unknown {
    const { value, source = '' } = node;
    if (node.type !== 'PLAIN') {
      if (typeof value === 'string') this.quoted.add(path);
      return value;
    }
    if (this.format === 'yaml' && AMBIGUOUS.some((pattern) => pattern.test(source))) {
      return this.#issue(
        path,
        node,
        `${source} is one thing to Python's YAML reader and another to others; write it otherwise, or "${source}" for the text`,
      );
    }
    if (typeof value !== 'string') return typeof value === 'bigint' ? Number(value) : value;
    if (PYTHON_NUMBER.test(value)) return Number(value.replaceAll('_', ''));
    return isPythonBoolean(value) ? PYTHON_BOOLEANS[value.toLowerCase()] : value;
  }

  #issue(path: string, node: YamlNode, message: string): undefined {
    const place = this.placeAt(node.range?.[0] ?? 0);
    // Aliases lead to one place many times.
    const isReported = this.issues.some(
      (one) => one.line === place.line && one.column === place.column && one.message === message,
    );
    if (!isReported) this.issues.push({ path, message, ...place });
  }
}

/** Whether quotes or brackets are around it. */
function isEnclosed(node: YamlNode & { readonly type?: string; readonly flow?: boolean }): boolean {
  return node.flow === true || node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
}

function isPythonBoolean(text: string): boolean {
  return /^(yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(text);
}

function isPlainTag(tag: string): boolean {
  return /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/.test(tag);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
