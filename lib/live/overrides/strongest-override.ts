import type { Override } from './override.js';

/**
 * The override that decides, for each logger that has one.
 *
 * Of several that are valid the strongest does: one of the logger itself before one of its group; then one of this
 * instance before one of a label before one of all; then the newest.
 *
 * @param overrides Those that hold in this instance.
 * @param groups The members of each group of the configuration; a group wins over a logger of its name.
 */
export function strongestByLogger(
  overrides: Iterable<Override>,
  groups: ReadonlyMap<string, readonly string[]>,
): Map<string, Override> {
  const strongest = new Map<string, Override>();
  for (const override of overrides) {
    for (const name of groups.get(override.target) ?? [override.target]) {
      const other = strongest.get(name);
      if (other === undefined || compare(override, other, groups) > 0) strongest.set(name, override);
    }
  }
  return strongest;
}

const SCOPES = ['all', 'label', 'instance'];

function compare(one: Override, other: Override, groups: ReadonlyMap<string, unknown>): number {
  return (
    Number(groups.has(other.target)) - Number(groups.has(one.target)) ||
    SCOPES.indexOf(one.scope.kind) - SCOPES.indexOf(other.scope.kind) ||
    one.createdAt - other.createdAt ||
    // They were made in the same millisecond: any order is right that is the same in all instances.
    (one.id < other.id ? -1 : 1)
  );
}
