import { cutText } from '../../runtime/cut-text.js';
import { MAX_DEPTH, MAX_ENTRIES, MAX_TEXT } from '../../runtime/limits.js';
import type { KnownKeys } from './known-keys.js';

/** What precedes the value of a key in an object: `"key":`, and `,"key":` behind other members. */
export type MemberLead = readonly [first: string, later: string];

/**
 * The budget for the values of one record: characters and entries.
 *
 * Strings are cut before they are escaped: escaping a megabyte only to throw it away takes a sixth of a second.
 */
export class JsonBudget {
  /** Whether anything was left out. */
  isCut = false;
  /** Characters that may still be written, before escaping. */
  charactersLeft = 0;
  /** Entries of objects and arrays that may still be written. */
  entriesLeft = 0;
  /** The objects around the value that is being written, the outermost first. */
  readonly ancestors: object[] = [];
  /**
   * User code that replaces values that JSON does not have; it returns the value itself or `undefined` to leave it to
   * us.
   */
  convert: ((value: unknown) => unknown) | undefined = undefined;
  /** What is written for a key of no characters, where a reader refuses them. */
  emptyKey = '';
  /** The keys that its owner remembers from one record to the next. */
  keys: KnownKeys<MemberLead> | undefined = undefined;

  /**
   * @param maxText The most characters of one string.
   * @param maxEntries Entries of all objects and arrays together.
   * @param maxDepth How deep objects and arrays may be nested.
   */
  constructor(
    readonly maxText = MAX_TEXT,
    readonly maxEntries = MAX_ENTRIES,
    readonly maxDepth = MAX_DEPTH,
  ) {}

  /** Begins a record of so many characters. */
  reset(characters: number): void {
    this.isCut = false;
    this.charactersLeft = characters;
    this.entriesLeft = this.maxEntries;
    if (this.ancestors.length > 0) this.ancestors.length = 0;
  }

  /** Counts an entry. @returns False if there may be no more. */
  takeEntry(): boolean {
    if (this.entriesLeft > 0 && this.charactersLeft > 0) {
      this.entriesLeft -= 1;
      this.charactersLeft -= 4;
      return true;
    }
    this.isCut = true;
    return false;
  }

  /** The first members of a set or map, one more than may be written at most: to copy a million takes long. */
  first<T>(members: Iterable<T>): T[] {
    const first: T[] = [];
    for (const member of members) {
      first.push(member);
      if (first.length <= this.entriesLeft) continue;
      this.isCut = true;
      break;
    }
    return first;
  }

  /**
   * Counts a string that is already escaped. @returns False, and nothing is counted, if not all of it may be written.
   */
  takeWhole(length: number): boolean {
    if (length > this.maxText || length > this.charactersLeft) return false;
    this.charactersLeft -= length;
    return true;
  }

  /** As much of the text as may be written. */
  takeText(text: string): string {
    const allowed = Math.max(0, Math.min(this.maxText, this.charactersLeft));
    let shown = text;
    if (text.length > allowed) {
      this.isCut = true;
      shown = cutText(text, allowed);
    }
    this.charactersLeft -= shown.length;
    return shown;
  }
}
