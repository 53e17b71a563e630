import type { SecretKeys } from './secret-keys.js';

/** Keys whose value says what the value beside it is: `{ name: 'password', value: … }`. */
const NAMING = ['name', 'key', 'header', 'field', 'Name', 'Key'] as const;
const NAMED = ['value', 'Value', 'val', 'content', 'data'] as const;
/** Longer texts are no names. */
const MAX_NAME = 64;

/** The field whose name another one gives as a secret one: `value`, beside `name: 'password'`. */
export function namedField(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
  keys: SecretKeys,
): string | undefined {
  if (names.length > 8) return undefined;
  for (const naming of NAMING) {
    if (!names.includes(naming)) continue;
    const name = fields[naming];
    if (typeof name !== 'string' || name.length > MAX_NAME || !keys.isSecret(name)) continue;
    return NAMED.find((key) => names.includes(key));
  }
  return undefined;
}

/** Whether an item is what the one before names as secret: in raw headers, entries, arguments of a program. */
export function isNamedByTheOneBefore(array: readonly unknown[], at: number, keys: SecretKeys): boolean {
  const name: unknown = at > 0 ? array[at - 1] : undefined;
  if (typeof name !== 'string' || name.length > MAX_NAME || !keys.isSecret(name)) return false;
  if (name.startsWith('-')) return !name.includes('=');
  return at % 2 === 1 && array.length % 2 === 0 && /^[\w.-]+$/.test(name);
}
