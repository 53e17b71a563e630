import { readFileSync, readlinkSync } from 'node:fs';
import { nodeModule } from '../../runtime/node-module.js';

/** What a process of another machine or container leaves behind counts as abandoned after this, in milliseconds. */
const FOREIGN_MS = 60_000;

/**
 * Identifies this process among all others, including later ones with the same number and those of other containers.
 */
export function processToken(): string {
  return `${here()}-${process.pid}-${startOf(process.pid)}`;
}

/**
 * Whether the process of a token is still running.
 *
 * @param ageMs How long ago it was last seen at work, in milliseconds; decides where nothing else can.
 * @param foreignMs The age from which it then counts as gone; default a minute.
 */
export function isProcessAlive(token: string, ageMs: number, foreignMs = FOREIGN_MS): boolean {
  const [, place, pid, start] = /^(.*)-(\d+)-(\d*)$/.exec(token) ?? [];
  if (start && place === here()) return startOf(Number(pid)) === start;
  return ageMs < foreignMs;
}

/** The scope of process numbers: one machine, one container. */
function here(): string {
  const namespace = orEmpty(() => readlinkSync('/proc/self/ns/pid'));
  return `${nodeModule('node:os').hostname()}-${namespace.replaceAll(/\D/g, '')}`;
}

/** When a process began; `''` if it is not running. */
function startOf(pid: number): string {
  return orEmpty(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '';
  });
}

/** Not every platform has /proc. */
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
