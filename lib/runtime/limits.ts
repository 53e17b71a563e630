/**
 * Characters, or bytes where bytes are counted, of one string of a record: 64 KiB. The rest of a longer one is cut
 * off.
 */
export const MAX_TEXT = 65_536;

/** Characters, or bytes, of all strings of a record together: 256 KiB. */
export const MAX_RECORD = 262_144;

/** Entries of all objects and lists of one value that are written. */
export const MAX_ENTRIES = 1_000;

/** How deep objects and lists are followed. */
export const MAX_DEPTH = 10;

/** The longest that a timer of Node's waits, in milliseconds: 24.8 days. One that is to wait longer fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** {@link MAX_TIMER_MS} in whole seconds. */
export const MAX_TIMER_SECONDS = 2_147_483;
