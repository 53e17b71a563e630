import { isPlainObject } from '../../runtime/plain-object.js';
import { describe, type PlanReader } from './plan-reader.js';

/** Names of loggers by the name of their group. */
export type LoggerGroups = ReadonlyMap<string, readonly string[]>;

/**
 * Reads `groups`: names for several loggers whose levels are set together.
 *
 * @param issue Called for everything that is wrong.
 */
export function readGroups(config: object, issue: (path: string, message: string) => void): LoggerGroups {
  const groups = new Map<string, readonly string[]>();
  const given = (config as { groups?: unknown }).groups;
  if (given === undefined || given === null) return groups;
  if (!isPlainObject(given)) {
    issue('groups', `expected an object with lists of logger names, got ${describe(given)}`);
    return groups;
  }
  for (const [name, members] of Object.entries(given)) {
    const path = `groups.${name}`;
    if (name === 'root' || name === '') issue(path, 'this is the root logger; give the group another name');
    else groups.set(name, readMembers(members, path, issue));
  }
  for (const [name, members] of groups) checkMembers(name, members, groups, issue);
  return groups;
}

/** The groups of a configuration whose errors are reported elsewhere. */
export function groupsOf(config: object): LoggerGroups {
  return readGroups(config, () => undefined);
}

function readMembers(
  members: unknown,
  path: string,
  issue: (path: string, message: string) => void,
): string[] {
  if (!Array.isArray(members)) {
    issue(path, `expected a list of logger names, got ${describe(members)}`);
    return [];
  }
  return members.filter((member, index): member is string => {
    if (typeof member === 'string' && member !== '') return true;
    issue(`${path}.${index}`, `expected the name of a logger, got ${describe(member)}`);
    return false;
  });
}

function checkMembers(
  name: string,
  members: readonly string[],
  groups: LoggerGroups,
  issue: (path: string, message: string) => void,
): void {
  members.forEach((member, index) => {
    const path = `groups.${name}.${index}`;
    if (member === name)
      issue(path, `"${name}" is the group itself; give the group a name that no logger has`);
    else if (groups.has(member)) issue(path, `"${member}" is a group; a group contains loggers, not groups`);
    else if (members.indexOf(member) < index) issue(path, `"${member}" is already in the list`);
  });
}

/** Takes the entries that name a group out of `loggers`, and gives the levels their members get. */
export function planGroups(
  groups: LoggerGroups,
  entries: readonly (readonly [name: string, entry: unknown])[],
  reader: PlanReader,
): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const from = new Map<string, string>();
  for (const [name, entry] of entries) {
    const path = `loggers.${name}`;
    const level = readGroupLevel(name, entry, path, reader);
    if (level === undefined) continue;
    for (const member of groups.get(name) ?? []) {
      const other = from.get(member);
      if (other !== undefined && levels.get(member) !== level) {
        reader.issue(
          `${path}.level`,
          `"${member}" is in the groups "${other}" and "${name}", which set different levels; take it out of one`,
        );
      }
      levels.set(member, level);
      from.set(member, name);
    }
  }
  return levels;
}

function readGroupLevel(name: string, entry: unknown, path: string, reader: PlanReader): number | undefined {
  if (!isPlainObject(entry))
    return reader.issue(path, `expected an object with the level of the group, got ${describe(entry)}`);
  for (const key of Object.keys(entry)) {
    if (key !== 'level')
      reader.issue(`${path}.${key}`, `"${name}" is a group, which has only a level; set this on its loggers`);
  }
  return reader.level(entry, path);
}
