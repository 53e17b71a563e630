import { rmSync } from 'node:fs';
import path from 'node:path';

/** Removes the folder of the tarball. */
export default function unpack() {
  rmSync(path.dirname(process.env.PACKED_TARBALL), { recursive: true, force: true });
}
