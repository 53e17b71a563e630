import type { JsonBudget } from './json-budget.js';
import { isWithinIntegers } from './json-number.js';
import { escapePassed } from './json-string.js';

/** How many items make it faster to look at all of them first, and to have the engine write them at once. */
const WORTH_A_LOOK = 16;
/** The most characters of JSON for each one of the budget: an escape has six, and a number 24 where four are counted. */
const MAX_WIDTH = 8;

/**
 * An array as JSON, if it is long, all items are strings, numbers, booleans, null and undefined, and all may be written:
 * `JSON.stringify` writes those as we do, a list of texts in two thirds of the time, and in one piece. `undefined` for any
 * other: nothing is counted then. For lists of objects, whose keys we remember, it is not faster.
 */
export function plainItems(array: readonly unknown[], budget: JsonBudget): string | undefined {
  const { length } = array;
  if (length < WORTH_A_LOOK || length > budget.entriesLeft) return undefined;
  try {
    if ((array as { toJSON?: unknown }).toJSON !== undefined) return undefined;
    const characters = plainCharacters(array, budget.maxText);
    if (characters > budget.charactersLeft) return undefined;
    const json = JSON.stringify(array);
    // Longer if something stands for the array that gave other items the second time.
    if (json.length > MAX_WIDTH * characters + 2) return undefined;
    budget.entriesLeft -= length;
    budget.charactersLeft -= characters;
    return escapePassed(json);
  } catch {
    // Written one by one, it is seen which one throws.
    return undefined;
  }
}

/** What the items take of a budget, as {@link JsonBudget.takeEntry} and `takeText` count; infinite if one is not plain. */
function plainCharacters(array: readonly unknown[], maxText: number): number {
  let characters = 4 * array.length;
  // biome-ignore lint/style/useForOf: an array may have an iterator of its own
  for (let at = 0; at < array.length; at += 1) {
    const item = array[at];
    if (typeof item === 'string' && item.length <= maxText) characters += item.length;
    else if (!isPlain(item)) return Number.POSITIVE_INFINITY;
  }
  return characters;
}

function isPlain(item: unknown): boolean {
  if (typeof item === 'number') return isWithinIntegers(item);
  return item === null || item === undefined || typeof item === 'boolean';
}
