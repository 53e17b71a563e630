/**
 * The string as one flat piece of memory.
 *
 * A concatenated string is a chain of pieces, walked again each time it is concatenated; one that was cut
 * out of a longer one keeps the longer one in memory.
 */
export function flatText(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string;
}
