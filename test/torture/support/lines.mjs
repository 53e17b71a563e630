import { crc32 } from 'node:zlib';

const LINE = /^#(\d+)\.(\d+)\.([^#]*)#([0-9a-f]{8})$/;

/**
 * The message of one record: who wrote it, its number, something to make it longer, and a checksum over all that.
 *
 * @param {number} writer
 * @param {number} number
 */
export function lineOf(writer, number, length = 20 + ((number * 37) % 90)) {
  const body = `${writer}.${number}.${'é'.repeat(number % 3)}${'x'.repeat(length)}`;
  return `#${body}#${checksum(body)}`;
}

/** The writer and number of a line; `undefined` if it is not whole. */
export function readLine(line) {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, writer, number, pad, sum] = match;
  return checksum(`${writer}.${number}.${pad}`) === sum
    ? { writer: Number(writer), number: Number(number) }
    : undefined;
}

function checksum(text) {
  return crc32(text).toString(16).padStart(8, '0');
}
