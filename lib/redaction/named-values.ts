import type { SecretKeys } from './secret-keys.js';

/** Keys whose value names the value next to it: `{ name: 'password', value: … }`. */
const NAMING: ReadonlySet<string> = new Set(['name', 'key', 'header', 'field', 'Name', 'Key', 'extra_name']);
const NAMED = ['value', 'Value', 'val', 'content', 'data'] as const;

/** Longer strings are not names. */
const MAX_NAME = 64;

/** The field that another one names as a secret: `value`, next to `name: 'password'`. */
export function namedField(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
  keys: SecretKeys,
): string | undefined {
  if (names.length > 8) return undefined;
  for (const naming of names) {
    if (!NAMING.has(naming)) continue;
    const name = fields[naming];
    if (typeof name !== 'string' || name.length > MAX_NAME || !keys.isSecret(name)) continue;
    return NAMED.find((key) => names.includes(key));
  }
  return undefined;
}

/** Whether the item before names this one as a secret: in raw headers, entries, arguments of a program. */
export function isNamedByTheOneBefore(array: readonly unknown[], at: number, keys: SecretKeys): boolean {
  const name: unknown = at > 0 ? array[at - 1] : undefined;
  if (typeof name !== 'string' || name.length > MAX_NAME || !keys.isSecret(name)) return false;
  if (name.startsWith('-')) return !name.includes('=');
  return at % 2 === 1 && array.length % 2 === 0 && /^[\w.-]+$/.test(name);
}
