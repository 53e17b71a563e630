import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = mkdtempSync(path.join(tmpdir(), 'torture-'));
const disks = [];
let count = 0;

/** A folder of its own, gone when the run ends. */
export function newFolder(name = 'logs') {
  count += 1;
  const folder = path.join(root, `${name}-${count}`);
  mkdirSync(folder);
  return folder;
}

/** A file system of its own of so many KiB. */
export function newDisk(kibibytes) {
  const folder = newFolder('disk');
  const size = `size=${kibibytes}k`;
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]);
  if (status !== 0) throw new Error(`mount failed: ${stderr}`);
  disks.push(folder);
  return folder;
}

/** Removes all of them. */
export function removeAll() {
  for (const disk of disks.splice(0)) spawnSync('umount', ['--lazy', disk]);
  rmSync(root, { recursive: true, force: true });
}

/** The texts of the log files in a folder, uncompressed ones as they are. */
export function textsIn(folder, isLog = (name) => !/\.(lock|tmp)|filler/.test(name)) {
  return readdirSync(folder)
    .filter(isLog)
    .map((name) => textOf(path.join(folder, name)));
}

/** The text of a file, whether compressed or not. */
export function textOf(file) {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}
