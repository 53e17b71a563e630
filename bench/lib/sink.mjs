import { openSync, writeSync } from 'node:fs';

/** Bytes after which collected lines are written, everywhere in the bench; sonic-boom takes no more than 16,383. */
export const BATCH_BYTES = 16_000;

/**
 * The cheapest way to a file that keeps order: what competitors without a file destination of their own write to,
 * so that none of them is charged for a stream it does not come with.
 */
export function openSink({ path, isBatched }) {
  const fd = openSync(path, 'a');
  let pending = '';
  const flush = () => {
    if (pending !== '') writeSync(fd, pending);
    pending = '';
  };
  const write = isBatched
    ? (text) => {
        pending += text;
        if (pending.length >= BATCH_BYTES) flush();
      }
    : (text) => void writeSync(fd, text);
  return { write, flush };
}

/** Writes what several sinks hold. */
export function flushAll(sinks) {
  for (const sink of sinks) sink.flush();
}
