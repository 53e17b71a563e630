/** The part of `Temporal` that tests use. */
export interface TemporalSlice {
  readonly Instant: { from(text: string): object };
  readonly PlainDate: { from(text: string): object };
  readonly ZonedDateTime: { from(text: string): object };
  readonly Duration: { from(text: string): object };
}

/** `Temporal`, which Node has from 26 on; `undefined` before. */
export const temporal = (globalThis as { Temporal?: TemporalSlice }).Temporal;

/** Texts of one value of each kind, as `toString` gives them. */
export const TEMPORAL_TEXTS = {
  Instant: '2026-01-02T03:04:05.123456789Z',
  PlainDate: '2026-01-02',
  ZonedDateTime: '2026-01-02T03:04:05+01:00[Europe/Berlin]',
  Duration: 'P1DT2H3.5S',
} as const;

/** One value of each kind by the name of its class. @param source `Temporal`, or what is to stand for it. */
export function temporalValues(source: TemporalSlice): Readonly<Record<keyof typeof TEMPORAL_TEXTS, object>> {
  const value = (kind: keyof typeof TEMPORAL_TEXTS) => source[kind].from(TEMPORAL_TEXTS[kind]);
  return {
    Instant: value('Instant'),
    PlainDate: value('PlainDate'),
    ZonedDateTime: value('ZonedDateTime'),
    Duration: value('Duration'),
  };
}
