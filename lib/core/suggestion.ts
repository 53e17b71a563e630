import { createRequire } from 'node:module';

/** Loaded when there is a mistake to explain: no program that is right waits for it. */
function levenshtein(): typeof import('fastest-levenshtein') {
  return createRequire(import.meta.url)('fastest-levenshtein');
}

/** `; did you mean "X"?` for the nearest of the known names, or the list of them, or nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const { closest, distance } = levenshtein();
  const nearest = closest(given, known);
  const far = Math.max(2, Math.floor(given.length / 3));
  if (distance(given.toLowerCase(), nearest.toLowerCase()) <= far) return `; did you mean "${nearest}"?`;
  return known.length <= 12 ? `; known: ${known.map((name) => `"${name}"`).join(', ')}` : '';
}
