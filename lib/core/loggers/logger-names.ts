/** Whether a logger is the one called `top`, or below it in the tree. */
export function isAtOrBelow(name: string, top: string): boolean {
  return name === top || name.startsWith(`${top}.`);
}
