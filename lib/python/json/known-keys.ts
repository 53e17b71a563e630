import { flatText } from '../../runtime/flat-text.js';

/** Keys that are remembered, and how long they may be. */
const MAX_KEYS = 1_000;
const MAX_LENGTH = 128;

/** Remembers the JSON that precedes the value of a key, in each of its forms: the same objects are logged again and again. */
export class KnownKeys<Lead extends readonly string[]> {
  readonly #leads = new Map<string, Lead>();

  /** What precedes the value of a key; `undefined` for one that was not seen before. */
  leadOf(key: string): Lead | undefined {
    return this.#leads.get(key);
  }

  /** Remembers a key, if there is room. @returns What precedes its value, as it is to be used from now on. */
  remember(key: string, lead: Lead): Lead {
    if (key.length > MAX_LENGTH || this.#leads.size >= MAX_KEYS) return lead;
    const flat = lead.map(flatText) as readonly string[] as Lead;
    this.#leads.set(key, flat);
    return flat;
  }
}
