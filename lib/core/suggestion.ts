import { closest, distance } from 'fastest-levenshtein';

/** `; did you mean "X"?` for the nearest of the known names, or the list of them, or nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(given, known);
  const far = Math.max(2, Math.floor(given.length / 3));
  if (distance(given.toLowerCase(), nearest.toLowerCase()) <= far) return `; did you mean "${nearest}"?`;
  // `file` is far from `filename` by letters, and yet probably what was meant.
  const begun = known.find((name) => given.length > 2 && name.toLowerCase().startsWith(given.toLowerCase()));
  if (begun !== undefined) return `; did you mean "${begun}"?`;
  return known.length <= 12 ? `; known: ${known.map((name) => `"${name}"`).join(', ')}` : '';
}
