/** What stands for a value that throws when it is read. */
export const UNREADABLE = '[unreadable]';

/** A field; `[unreadable]` where reading it throws. */
export function fieldOf(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return fields[key];
  } catch {
    return UNREADABLE;
  }
}

/** A property of anything; `undefined` where there is none, or reading it throws. */
export function propertyOf(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

/** The keys of fields; `undefined` where a proxy does not list them. */
export function keysOf(fields: object): string[] | undefined {
  try {
    return Object.keys(fields);
  } catch {
    return undefined;
  }
}
