/** A piece of code that is written as it is. */
export class Code {
  constructor(readonly text: string) {}
}

/** What a literal is made of; strings are quoted, code is not. */
export type Literal =
  | string
  | number
  | boolean
  | Code
  | readonly Literal[]
  | { readonly [key: string]: Literal | undefined };

/** How literals are written. */
export interface LiteralStyle {
  readonly quote: string;
  readonly newline: string;
  /** White space before the line that the literal begins on. */
  readonly indent: string;
}

const WIDTH = 100;

/** A value as code: on one line if it fits, else an entry a line. */
export function literalText(value: Literal, style: LiteralStyle): string {
  const flat = flatText(value, style.quote);
  if (style.indent.length + flat.length <= WIDTH - 20 && !flat.includes('\n')) return flat;
  const entries = entriesOf(value);
  if (entries === undefined) return flat;
  const inner = `${style.indent}  `;
  const lines = entries.map(
    ([key, item]) => `${inner}${keyText(key, style.quote)}${literalText(item, { ...style, indent: inner })},`,
  );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return [open, ...lines, `${style.indent}${close}`].join(style.newline);
}

function flatText(value: Literal, quote: string): string {
  if (typeof value === 'string')
    return quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
  const entries = entriesOf(value);
  if (entries === undefined) return value instanceof Code ? value.text : String(value);
  const texts = entries.map(([key, item]) => keyText(key, quote) + flatText(item, quote));
  if (Array.isArray(value)) return `[${texts.join(', ')}]`;
  return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
}

function entriesOf(value: Literal): [key: string | undefined, item: Literal][] | undefined {
  if (typeof value !== 'object' || value instanceof Code) return undefined;
  if (Array.isArray(value)) return value.map((item: Literal) => [undefined, item]);
  return Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [[key, item] as [string, Literal]],
  );
}

function keyText(key: string | undefined, quote: string): string {
  if (key === undefined) return '';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${key}: ` : `${quote}${key}${quote}: `;
}
