import { person } from '../lib/payload.mjs';

/** A message that says which record it is, in every format that there is on the wire. */
export const numberedMessage = (i) => `order ${String(i).padStart(7, '0')} was paid with ${person(i)}'s card`;

const NUMBER = /order (\d{7}) was paid with/g;

/** The records that arrived, by the numbers in their messages. */
export class Arrivals {
  #seen = new Set();
  repeats = 0;

  /** @param text Any number of records, as they came in. */
  add(text) {
    for (const [, number] of text.matchAll(NUMBER)) {
      if (this.#seen.has(number)) this.repeats += 1;
      this.#seen.add(number);
    }
  }

  get count() {
    return this.#seen.size;
  }
}
