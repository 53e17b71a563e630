import { cutText } from '../runtime/cut-text.js';
/** Python source that is not a literal, or not one that is allowed here. */
export class LiteralError extends Error {}

/** The values of names in a literal: `undefined` for one that is not known. */
export type LookUpName = (dottedName: string) => unknown;

const NUMBER =
  /^(?:0[xX][\da-fA-F]+(?:_[\da-fA-F]+)*|0[oO][0-7]+(?:_[0-7]+)*|0[bB][01]+(?:_[01]+)*|(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*(?:[eE][-+]?\d+)?|\d+(?:_\d+)*\.?(?:[eE][-+]?\d+)?)/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*/;
const STRING_START = /^([bBrRuU]{0,2})('''|"""|'|")/;
const MAX_DEPTH = 30;

/**
 * Reads a Python literal: strings, numbers and sums and products of them, tuples, lists, dictionaries, `True`, `False`,
 * `None`, and names that `lookUp` knows. Nothing is ever evaluated.
 *
 * @returns Tuples and lists as arrays, dictionaries as objects.
 * @throws {LiteralError} that says what cannot be read.
 */
export function parsePythonLiteral(text: string, lookUp: LookUpName): unknown {
  const reader = new LiteralReader(text, lookUp);
  const value = reader.expression(0);
  reader.end();
  return value;
}

class LiteralReader {
  #rest: string;

  constructor(
    private readonly text: string,
    private readonly lookUp: LookUpName,
  ) {
    this.#rest = text;
    this.#skip();
  }

  end(): void {
    if (this.#rest !== '') throw this.#unexpected();
  }

  /** Sums and products, from the left, products first. */
  expression(depth: number): unknown {
    let value = this.#product(depth);
    for (;;) {
      if (this.#takes('+')) value = calculate(value, this.#product(depth), (a, b) => a + b);
      else if (this.#takes('-')) value = calculate(value, this.#product(depth), (a, b) => a - b);
      else return value;
    }
  }

  #product(depth: number): unknown {
    let value = this.#factor(depth);
    while (!this.#rest.startsWith('**') && this.#takes('*')) {
      value = calculate(value, this.#factor(depth), (a, b) => a * b);
    }
    return value;
  }

  #factor(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new LiteralError('nested too deeply');
    if (this.#takes('-')) return calculate(0, this.#factor(depth + 1), (a, b) => a - b);
    if (this.#takes('+')) return calculate(0, this.#factor(depth + 1), (a, b) => a + b);
    const base = this.#atom(depth);
    return this.#takes('**') ? calculate(base, this.#factor(depth + 1), (a, b) => a ** b) : base;
  }

  #atom(depth: number): unknown {
    if (this.#takes('(')) return this.#tuple(depth);
    if (this.#takes('[')) return this.#items(']', depth).items;
    if (this.#takes('{')) return this.#dictionary(depth);
    if (STRING_START.test(this.#rest)) return this.#strings();
    const number = NUMBER.exec(this.#rest)?.[0];
    if (number !== undefined) return toNumber(this.#cut(number.length));
    const name = NAME.exec(this.#rest)?.[0];
    if (name === undefined) throw this.#unexpected();
    return this.#name(this.#cut(name.length).replaceAll(/\s/g, ''));
  }

  #name(name: string): unknown {
    if (name === 'True') return true;
    if (name === 'False') return false;
    if (name === 'None') return null;
    if (this.#rest.startsWith('('))
      throw new LiteralError(`${name}(…) is a call, and nothing is called here; write its result`);
    const value = this.lookUp(name);
    if (value === undefined) throw new LiteralError(`the name ${name} is not known here; write its value`);
    return value;
  }

  /** A tuple, or a value in parentheses. */
  #tuple(depth: number): unknown {
    const { items, hasComma } = this.#items(')', depth);
    return items.length === 1 && !hasComma ? items[0] : items;
  }

  #items(end: string, depth: number): { items: unknown[]; hasComma: boolean } {
    const items: unknown[] = [];
    let hasComma = false;
    while (!this.#takes(end)) {
      if (items.length > 0 && !hasComma) throw this.#unexpected();
      items.push(this.expression(depth + 1));
      hasComma = this.#takes(',');
    }
    return { items, hasComma };
  }

  #dictionary(depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    let hasComma = true;
    while (!this.#takes('}')) {
      if (!hasComma) throw this.#unexpected();
      const key = this.expression(depth + 1);
      if (typeof key !== 'string') throw new LiteralError('the keys of a dictionary have to be strings');
      if (!this.#takes(':')) throw this.#unexpected();
      Object.defineProperty(result, key, {
        value: this.expression(depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      hasComma = this.#takes(',');
    }
    return result;
  }

  /** Adjacent strings are one. */
  #strings(): string {
    let result = '';
    for (let start = STRING_START.exec(this.#rest); start !== null; start = STRING_START.exec(this.#rest)) {
      const [opening, prefix = '', quote = ''] = start;
      const isRaw = /r/i.test(prefix);
      const from = opening.length;
      const end = this.#stringEnd(from, quote);
      const body = this.#rest.slice(from, end);
      if (quote.length === 1 && /(^|[^\\])(\\\\)*\n/.test(body))
        throw new LiteralError('a quote is not closed on its line');
      this.#cut(end + quote.length);
      result += isRaw ? body : readEscapes(body);
    }
    return result;
  }

  #stringEnd(from: number, quote: string): number {
    for (let at = from; at < this.#rest.length; at += 1) {
      if (this.#rest[at] === '\\') at += 1;
      else if (this.#rest.startsWith(quote, at)) return at;
    }
    throw new LiteralError(`a quote is not closed in ${JSON.stringify(shorten(this.text))}`);
  }

  #takes(token: string): boolean {
    if (!this.#rest.startsWith(token)) return false;
    this.#cut(token.length);
    return true;
  }

  #cut(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    this.#skip();
    return taken;
  }

  #skip(): void {
    this.#rest = this.#rest.replace(/^(?:\s|\\\n)+/, '');
  }

  #unexpected(): LiteralError {
    const where = this.#rest === '' ? 'the end' : JSON.stringify(shorten(this.#rest));
    return new LiteralError(`cannot read ${JSON.stringify(shorten(this.text))} at ${where}`);
  }
}

function calculate(a: unknown, b: unknown, operation: (a: number, b: number) => number): number | string {
  if (typeof a === 'number' && typeof b === 'number') return operation(a, b);
  if (typeof a === 'string' && typeof b === 'string' && operation(1, 1) === 2) return a + b;
  throw new LiteralError('arithmetic works on numbers only');
}

function toNumber(text: string): number {
  const plain = text.replaceAll('_', '');
  if (/^0\d/.test(plain) && /[1-9]/.test(plain) && /^\d+$/.test(plain)) {
    throw new LiteralError(
      `${text} is not a number in Python; for octal numbers write 0o${plain.replace(/^0+/, '')}`,
    );
  }
  return Number(plain);
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\n': '', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b' },
  ...{ f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** The escapes of Python's strings; unknown ones stay as they are. */
function readEscapes(body: string): string {
  return body.replaceAll(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|N\{([^}]*)\}|([\s\S]))/g,
    (whole, octal, x, u, U, name, one: string | undefined) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (name !== undefined)
        throw new LiteralError(`${whole}: names of characters are not known here; write the character`);
      if (one !== undefined) return ESCAPES[one] ?? whole;
      const code = Number.parseInt(x ?? u ?? U, 16);
      if (code > 0x10ffff) throw new LiteralError(`${whole} is not a character`);
      return String.fromCodePoint(code);
    },
  );
}

function shorten(text: string): string {
  return cutText(text, 60, '...');
}
