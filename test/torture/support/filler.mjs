import { Buffer } from 'node:buffer';
import { closeSync, openSync, writeSync } from 'node:fs';

/** Takes all the room that a disk has left, to the last byte, with one file; removing that gives it back. */
export function fillDisk(filler) {
  const fd = openSync(filler, 'w');
  for (let size = 1 << 16; size >= 1; ) {
    try {
      writeSync(fd, Buffer.alloc(size));
    } catch {
      size >>= 1;
    }
  }
  closeSync(fd);
}
