import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';

/** An empty folder for each test of a file, and what is in it. */
export interface TemporaryFolder {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
  /** The text of a file in it. */
  read(name: string): string;
  /** The lines of a file in it, without the end of the last. */
  lines(name: string): string[];
  /** The names in it, sorted. */
  names(): string[];
}

/** Where files are in memory, if the machine has such a place. */
const MEMORY = '/dev/shm';

/**
 * Makes the folder before each test and removes it after.
 *
 * @param inMemory For tests that write much and are not about the file system.
 */
export function useTemporaryFolder({ inMemory = false } = {}): TemporaryFolder {
  const parent = inMemory && existsSync(MEMORY) ? MEMORY : tmpdir();
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(parent, 'logging-'));
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    file: (name) => join(path, name),
    read: (name) => readFileSync(join(path, name), 'utf8'),
    lines: (name) => readFileSync(join(path, name), 'utf8').replace(/\n$/, '').split('\n'),
    names: () => readdirSync(path).sort(),
  };
}
