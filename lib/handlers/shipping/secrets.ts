import { inspect } from 'node:util';

/** What replaces a secret. */
const HIDDEN = '[secret]';
/** Shorter ones are part of too many words. */
const MIN_SECRET = 4;

/** A secret as it is, and as it is shown within quotes: with backslashes before some characters. */
function spellings(secret: string): readonly string[] {
  const quoted = [JSON.stringify(secret), inspect(secret, { maxStringLength: null })];
  return [...new Set([secret, ...quoted.map((text) => text.slice(1, -1))])];
}

/** Keeps the secrets of one destination, its keys and passwords, out of all messages about it. */
export class Secrets {
  readonly #secrets: readonly string[];

  /** @param secrets As they are sent, and as they are written in a header; what is `undefined` or short is left out. */
  constructor(secrets: readonly (string | undefined)[]) {
    this.#secrets = secrets
      .filter((secret) => secret !== undefined)
      .filter((secret) => secret.length >= MIN_SECRET)
      .flatMap(spellings)
      .sort((a, b) => b.length - a.length);
  }

  /** The text without them. */
  hide(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, HIDDEN);
    return shown;
  }

  /** Whether an error of somebody else's can be shown whole, with its stack, its properties and its causes. */
  isFreeOf(error: unknown): boolean {
    if (this.#secrets.length === 0) return true;
    try {
      const text = inspect(error, {
        depth: 6,
        maxStringLength: 100_000,
        breakLength: Number.POSITIVE_INFINITY,
      });
      return this.hide(text) === text;
    } catch {
      return false;
    }
  }
}
