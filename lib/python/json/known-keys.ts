import { flatText } from '../flat-text.js';

/** Keys that are remembered, and how long they may be. */
const MAX_KEYS = 1_000;
const MAX_LENGTH = 128;

/** What precedes the value of a key in an object: `"key":`, and `,"key":` behind other members. */
export type KeyLead = readonly [first: string, later: string];

/** Remembers the JSON of keys: the same objects are logged again and again. */
export class KnownKeys {
  readonly #leads = new Map<string, KeyLead>();

  /** What precedes the value of a key; `undefined` for one that was not seen before. */
  leadOf(key: string): KeyLead | undefined {
    return this.#leads.get(key);
  }

  /** Remembers a key, if there is room. @param json The key in its quotes. */
  remember(key: string, json: string): void {
    if (key.length > MAX_LENGTH || this.#leads.size >= MAX_KEYS) return;
    this.#leads.set(flatText(key), [flatText(`${json}:`), flatText(`,${json}:`)]);
  }
}
