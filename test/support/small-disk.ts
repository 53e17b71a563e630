import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own of 1 MiB. */
export interface SmallDisk {
  readonly path: string;
  unmount(): void;
}

/** Mounts one; `undefined`, and a notice, where that is not allowed. */
export function mountSmallDisk(): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
  if (mounted.status !== 0) {
    console.warn(`no tmpfs can be mounted here, so no disk is filled: ${mounted.stderr ?? mounted.error}`);
    rmdirSync(path);
    return undefined;
  }
  return {
    path,
    unmount() {
      spawnSync('umount', ['--lazy', path]);
      rmdirSync(path);
    },
  };
}
