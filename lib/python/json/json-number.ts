import { shortestText } from '../decimal-digits.js';

/** Integers from here on take more than 64 bits, with their sign. */
const MAX_INTEGER = 2 ** 63;

/** Whether a number is less than what a 64-bit integer holds, in either direction; false for NaN. */
export function isWithinIntegers(value: number): boolean {
  return value < MAX_INTEGER && value > -MAX_INTEGER;
}

/**
 * A finite number as JSON. An integer that no 64-bit integer holds is written as a fraction, as Python writes a float: to
 * Elasticsearch, and to parsers in Go or Java, digits alone are an integer that is out of range, and they refuse all of the
 * line.
 */
export function numberJson(value: number): string {
  const text = shortestText(value);
  return isWithinIntegers(value) || text.includes('e') ? text : `${text}.0`;
}
