/**
 * The string as one flat piece of memory.
 *
 * A concatenated string is a chain of pieces, walked again each time it is concatenated; one that was cut
 * out of a longer one keeps the longer one in memory.
 */
export function flatText(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string;
}

/**
 * The same in a fifth of the time, for texts of which most are new: the engine does not search all strings that it knows.
 * A program's first record needs none of this.
 */
export function flatCopy(text: string): string {
  // In UTF-16, where half a surrogate pair stays what it is.
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
