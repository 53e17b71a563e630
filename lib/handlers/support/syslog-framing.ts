/**
 * How messages are told apart on a stream.
 *
 * - `'octet-counting'`: the length before each, RFC 6587 and RFC 5425; whatever a message holds, it is one.
 * - `'lf'`: a newline after each; newlines within are written `\n`.
 * - `'nul'`: a NUL after each, as Python sends them; newlines and NULs within are written `\n` and `\x00`, since
 *   receivers of this kind take both for the end.
 */
export type SyslogFraming = 'octet-counting' | 'lf' | 'nul';

/** A message ready for a stream. */
export function frameSyslog(message: Buffer, framing: SyslogFraming): Buffer {
  if (framing === 'octet-counting') return Buffer.concat([Buffer.from(`${message.length} `), message]);
  return Buffer.concat([oneLine(message), Buffer.of(framing === 'lf' ? 0x0a : 0)]);
}

/** Without what could end it early; bytes below 0x20 are never part of another character in UTF-8. */
function oneLine(message: Buffer): Buffer {
  if (!message.includes(0x0a) && !message.includes(0) && !message.includes(0x0d)) return message;
  return Buffer.from(
    message.toString().replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\0', '\\x00'),
  );
}
