/** Within a URL, `%3A` and `%3D`. */
const ENCODED = '%3';
const PERCENT = 0x25;

/**
 * Finds what separates names from values in a string: `=`, `:`, the end of a tag, and the first two within a URL.
 *
 * Remembers where the next of each kind is: the engine searches for one character at a time much faster than a regular
 * expression starts, and a long text has hundreds of separators.
 */
export class Separators {
  readonly #text: string;
  #colon = -1;
  #equals = -1;
  #tagEnd = -1;
  #encoded = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the next separator begins, from an index on that is never less than the time before; the length without one. */
  from(at: number): number {
    const text = this.#text;
    if (this.#colon < at) this.#colon = indexOrEnd(text, ':', at);
    if (this.#equals < at) this.#equals = indexOrEnd(text, '=', at);
    if (this.#tagEnd < at) this.#tagEnd = indexOrEnd(text, '>', at);
    if (this.#encoded < at) this.#encoded = encodedFrom(text, at);
    const plain = this.#colon < this.#equals ? this.#colon : this.#equals;
    const other = this.#tagEnd < this.#encoded ? this.#tagEnd : this.#encoded;
    return plain < other ? plain : other;
  }
}

/** The separator that begins at an index. */
export function separatorAt(text: string, at: number): string {
  return text.charCodeAt(at) === PERCENT ? text.slice(at, at + 3) : (text[at] as string);
}

function encodedFrom(text: string, from: number): number {
  let at = indexOrEnd(text, ENCODED, from);
  while (at < text.length && !'AaDd'.includes(text.charAt(at + 2) || '-'))
    at = indexOrEnd(text, ENCODED, at + 1);
  return at;
}

function indexOrEnd(text: string, what: string, from: number): number {
  const index = text.indexOf(what, from);
  return index < 0 ? text.length : index;
}
