import { fchmodSync, fchownSync, fstatSync, readFileSync, type Stats } from 'node:fs';

/** Owner, group and permissions of a new log file. */
export interface FilePermissions {
  /** Exact, whatever the umask; `undefined` for 0640 under the umask. */
  readonly mode?: number | undefined;
  /** Id of the owner; `undefined` for that of the process. */
  readonly uid?: number | undefined;
  /** Id of the group. */
  readonly gid?: number | undefined;
}

/**
 * Reads permissions: `'0644'`, `'644'`, `'0o644'`, or the number 0o644.
 *
 * @returns `undefined` for an invalid value, one above 0777, or a number that was meant as octal digits: 644.
 */
export function parsePermissions(value: string | number): number | undefined {
  const bits =
    typeof value === 'string'
      ? /^(?:0o?)?[0-7]{3}$/.test(value)
        ? Number.parseInt(value.slice(-3), 8)
        : Number.NaN
      : value;
  return Number.isInteger(bits) && bits >= 0 && bits <= 0o777 ? bits : undefined;
}

/** The id of a user or group; `undefined` if the system's file has no such name. */
export function idOf(file: '/etc/passwd' | '/etc/group', name: string | number): number | undefined {
  if (typeof name === 'number') return name;
  const line = readSystemFile(file).find((fields) => fields[0] === name);
  return line?.[2] === undefined ? undefined : Number(line[2]);
}

function readSystemFile(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    // Not every platform has one.
    return [];
  }
}

/**
 * Gives a new file its permissions.
 *
 * @param before The file that it replaces, if any: whatever is not set is copied from it, as far as allowed.
 * @throws The system's error if a setting is not allowed.
 */
export function applyPermissions(fd: number, { mode, uid, gid }: FilePermissions, before?: Stats): void {
  if (before !== undefined) changeOwner(fd, uid ?? before.uid, gid ?? before.gid);
  if (uid !== undefined || gid !== undefined) setOwner(fd, uid, gid);
  // After the owner: changing that clears bits.
  const bits = mode ?? (before && before.mode & 0o777);
  if (bits !== undefined && (fstatSync(fd).mode & 0o777) !== bits) fchmodSync(fd, bits);
}

/** Gives a file to an owner and a group, each if this process may. */
export function changeOwner(fd: number, uid: number, gid: number): void {
  for (const [owner, group] of [
    [uid, undefined],
    [undefined, gid],
  ] as const) {
    try {
      setOwner(fd, owner, group);
    } catch {
      // Only root may give files away; the file is still written.
    }
  }
}

function setOwner(fd: number, uid: number | undefined, gid: number | undefined): void {
  const now = fstatSync(fd);
  const [owner, group] = [uid ?? now.uid, gid ?? now.gid];
  if (owner !== now.uid || group !== now.gid) fchownSync(fd, owner, group);
}
