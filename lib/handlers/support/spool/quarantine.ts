import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { appendToFile } from './append-file.js';

/** The most bytes of damaged frames that are kept. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Keeps what a damaged segment holds in a file beside it, `NAME.bad`: someone may want to look. */
export class Quarantine {
  readonly #directory: string;
  #bytes: number;

  constructor(directory: string) {
    this.#directory = directory;
    this.#bytes = readdirSync(directory)
      .filter((name) => name.endsWith('.bad'))
      .reduce(
        (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
  }

  /** Copies bytes of a segment, unless there are too many already. @throws The system's error. */
  keep(segmentPath: string, bytes: Buffer): void {
    if (this.#bytes + bytes.length > MAX_BYTES) return;
    this.#bytes += bytes.length;
    const file = join(this.#directory, `${basename(segmentPath, '.spool')}.bad`);
    appendToFile(file, bytes);
  }
}
