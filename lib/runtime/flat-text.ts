/**
 * The string as one flat piece of memory.
 *
 * A concatenated string is a chain of pieces, walked again each time it is concatenated; one that was cut
 * out of a longer one keeps the longer one in memory.
 */
export function flatText(text: string): string {
  // In UTF-16, where half a surrogate pair stays what it is; to make it the key of an object takes five times as long.
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
