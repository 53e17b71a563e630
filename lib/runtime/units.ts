const DURATIONS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const SIZES_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  ...powers(1_000, (prefix) => `${prefix}b`),
  ...powers(1_024, (prefix) => `${prefix}ib`),
  ...powers(1_024, (prefix) => prefix),
};

/**
 * Milliseconds that a duration with a unit means: `'30d'`, `'1.5h'`; the units are `ms`, `s`, `m`, `h`, `d` and `w`.
 *
 * @returns `undefined` for anything else, a bare number included: it has no unit.
 */
export function parseDurationMs(text: string): number | undefined {
  return parse(text, DURATIONS_MS);
}

/**
 * Bytes that a size with a unit means, in any case: `'5GB'` is 5,000,000,000; `'5GiB'` and `'5G'` are 5 × 1024³.
 *
 * @returns `undefined` for anything else, a bare number included.
 */
export function parseSizeBytes(text: string): number | undefined {
  return parse(text, SIZES_BYTES);
}

/** What is said where bytes are a number and a text was given: `'10MB'` is answered with `10_000_000`. */
export function bytesExpected({ input, received }: { input: unknown; received: string }): string {
  const bytes = typeof input === 'string' ? parseSizeBytes(input) : undefined;
  if (bytes === undefined) return `expected a number of bytes, got ${received}${unquoted(input)}`;
  const digits = String(bytes).replaceAll(/\B(?=(?:\d{3})+$)/g, '_');
  return `expected a number of bytes: write ${digits} for ${received}`;
}

/** A duration in milliseconds, to the microsecond: as it is logged. */
export function roundedMs(durationMs: number): number {
  return Math.round(durationMs * 1_000) / 1_000;
}

function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]{1,3})\s*$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

function powers(base: number, unit: (prefix: string) => string): Record<string, number> {
  return Object.fromEntries(['k', 'm', 'g', 't'].map((prefix, index) => [unit(prefix), base ** (index + 1)]));
}

/** The remedy for a number in quotes. */
export function unquoted(input: unknown): string {
  return typeof input === 'string' && /^-?\d+(\.\d+)?$/.test(input) ? '; write it without quotes' : '';
}
