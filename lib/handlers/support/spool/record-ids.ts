import type { SpooledRecord } from './spool.js';

/**
 * What a receiver is told of the records of a message, in their order: `9f86d081884c-1:100,9f86d081884c-103`. Ranges
 * hold both ends. A record that is sent again has the id it had before.
 */
export function recordIds(records: readonly SpooledRecord[]): string {
  const ranges: { identity: string; first: number; last: number }[] = [];
  for (const { identity, id } of records) {
    const range = ranges.at(-1);
    if (range?.identity === identity && range.last + 1 === id) range.last = id;
    else ranges.push({ identity, first: id, last: id });
  }
  return ranges
    .map(({ identity, first, last }) => `${identity}-${first}${last > first ? `:${last}` : ''}`)
    .join(',');
}
