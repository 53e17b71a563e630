import { cutText } from '../../runtime/cut-text.js';
/** An address as a mail library takes it: nothing in it is parsed again. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

const CONTROLS = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;
const WITH_NAME = /^\s*("[^"<>]*"|[^"<>,;@]*?)\s*<([^<>]*)>\s*$/;
const BARE = /^[^\s<>()[\]\\,;:"@]{1,64}@(?:[^\s<>()[\]\\,;:"@]{1,255}|\[[\da-f.:]+\])$/i;

/** The longest subject; RFC 5322's longest line leaves no more. */
const MAX_HEADER = 900;
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/**
 * Reads `me@example.com` or `Me <me@example.com>`.
 *
 * @returns `undefined` for anything else: several addresses, none, control characters.
 */
export function parseAddress(text: string): MailAddress | undefined {
  if (CONTROLS.test(text)) return undefined;
  const named = WITH_NAME.exec(text);
  const address = (named?.[2] ?? text).trim();
  if (!BARE.test(address)) return undefined;
  return { name: (named?.[1] ?? '').replaceAll('"', '').trim(), address };
}

/** Several addresses in one text, with commas between them; `undefined` if one of them is not one. */
export function parseAddresses(texts: string | readonly string[]): MailAddress[] | undefined {
  const parts = typeof texts === 'string' ? texts.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/) : texts;
  const addresses: MailAddress[] = [];
  for (const part of parts) {
    const address = typeof part === 'string' ? parseAddress(part) : undefined;
    if (address === undefined) return undefined;
    addresses.push(address);
  }
  return addresses.length === 0 ? undefined : addresses;
}

/** A text fit for one line of a header: control characters are spaces, and it ends after 900 characters. */
export function headerText(text: string): string {
  return cutText(cutText(text, MAX_HEADER * 2).replace(UNSAFE, ' '), MAX_HEADER).trim();
}
