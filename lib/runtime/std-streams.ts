import { writeFully } from './write-fully.js';

/** How long a full pipe is waited for before the rest of the output is given up, in milliseconds. */
export const PIPE_PATIENCE_MS = 2_000;

/**
 * Writes to standard error, whole and at once, and never throws.
 *
 * Goes to the descriptor, so that it is written before the process ends; where somebody replaced
 * `process.stderr.write` (test runners, capturing tools) it goes there.
 */
export function writeStderr(text: string): void {
  try {
    const { stderr } = process;
    const fd = descriptorOf(stderr);
    // There is no other place to report this.
    if (fd === undefined) stderr.write(text);
    else writeFully(fd, text, 'utf8', PIPE_PATIENCE_MS);
  } catch {
    // The same.
  }
}

/**
 * The descriptor behind a standard stream, to be written to directly.
 *
 * @returns `undefined` where output has to go through `stream.write`: its `write` was replaced, or
 * it is a worker thread's, which the main thread may be capturing.
 */
export function descriptorOf(stream: object): number | undefined {
  if (Object.hasOwn(stream, 'write')) return undefined;
  const { fd } = stream as { fd?: unknown };
  return typeof fd === 'number' ? fd : undefined;
}
