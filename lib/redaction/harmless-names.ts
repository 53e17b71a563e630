/** Names that are remembered; a power of two. */
const PLACES = 512;
/** Names longer than that are not remembered. */
export const LONGEST_NAME = 64;

/**
 * Names in strings that were found to be none of a secret: nearly all, and always the same few.
 *
 * Finds them where they stand. To cut each out of its string and to look that up in a Map takes four times as long, which
 * is most of what searching a long text took.
 */
export class HarmlessNames {
  readonly #names = new Array<string>(PLACES).fill('');

  /** Whether a part of a string is one of them; it is not empty. */
  has(text: string, start: number, end: number): boolean {
    const name = this.#names[placeOf(text, start, end)] as string;
    return name.length === end - start && text.startsWith(name, start);
  }

  /** Remembers one, in place of another. @param name A string of its own, which keeps no longer one in memory. */
  add(name: string): void {
    if (name.length <= LONGEST_NAME) this.#names[placeOf(name, 0, name.length)] = name;
  }
}

/** By the length, and the first character, the last and one between them. */
function placeOf(text: string, start: number, end: number): number {
  const ends = text.charCodeAt(start) * 31 + text.charCodeAt(end - 1);
  return (ends * 31 + text.charCodeAt((start + end) >> 1) * 7 + end - start) & (PLACES - 1);
}
