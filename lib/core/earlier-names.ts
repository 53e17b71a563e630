import { isPlainObject } from '../runtime/plain-object.js';

/** The earlier name of an option, its present one, which ends in its unit, and how many milliseconds its earlier unit had. */
const EARLIER_NAMES = [
  ['flushInterval', 'flushIntervalMs', 1],
  ['fsyncInterval', 'fsyncIntervalMs', 1],
  ['ackTimeout', 'ackTimeoutMs', 1_000],
] as const;

/**
 * Replaces earlier names of options by their present ones, also in the options of a spool, so that older configurations
 * stay valid.
 *
 * @param schema Decides which names count: an earlier one is replaced only where the schema has the present one alone.
 * @returns Other options; the given ones if there is nothing to replace.
 */
export function withPresentNames(schema: object, options: unknown): unknown {
  const { entries } = schema as { entries?: Readonly<Record<string, object>> };
  if (entries === undefined || !isPlainObject(options)) return options;
  let present = options;
  for (const [earlier, name, unitMs] of EARLIER_NAMES) {
    const isEarlier = earlier in options && !(earlier in entries) && name in entries && !(name in options);
    if (!isEarlier) continue;
    const { [earlier]: value, ...others } = present;
    present = { ...others, [name]: typeof value === 'number' ? value * unitMs : value };
  }
  const { spool } = options;
  if (!('spool' in entries) || !isPlainObject(spool)) return present;
  const named = withPresentNames(spoolOf(entries), spool);
  return named === spool ? present : { ...present, spool: named };
}

/** The schema of a spool, without the one that makes it optional. */
function spoolOf(entries: Readonly<Record<string, object>>): object {
  return (entries.spool as { wrapped?: object } | undefined)?.wrapped ?? {};
}
