/**
 * A text as a string of its own, in one piece.
 *
 * One that was put together is a chain of pieces, looked through anew each time it is put into another; one that was cut
 * out of a longer one keeps all of that in memory.
 */
export function flatText(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string;
}
