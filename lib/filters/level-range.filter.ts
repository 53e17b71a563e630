import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { LEAN } from '../core/lean.js';
import { checkLevel } from '../core/levels.js';
import { levelSchema } from '../core/option-schemas.js';
import { checkOptions } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { brand } from '../runtime/brand.js';
import { lazy } from '../runtime/lazy.js';

/** The keys of a {@link LevelRangeFilter} in a configuration. */
export const levelRangeFilterSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      min: v.nullish(v.pipe(levelSchema(), v.description('The lowest level that passes; default all.'))),
      max: v.nullish(v.pipe(levelSchema(), v.description('The highest level that passes; default all.'))),
    }),
    v.forward(
      v.partialCheck(
        [['min'], ['max']],
        ({ min, max }) => min == null || max == null || checkLevel(min) <= checkLevel(max),
        ({ input: { min, max } }) => `${String(max)} is below min, ${String(min)}: no record would pass`,
      ),
      ['max'],
    ),
  ),
);

/** Options of {@link LevelRangeFilter}. */
export type LevelRangeFilterOptions = v.InferInput<ReturnType<typeof levelRangeFilterSchema>>;

/**
 * Passes the records of a range of levels, both ends included: one handler for INFO and below, another for the rest.
 *
 * @example
 * { filters: { upToInfo: { class: 'LevelRangeFilter', max: 'INFO' } } }
 */
export class LevelRangeFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof levelRangeFilterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(LevelRangeFilter, {
    name: 'LevelRangeFilter',
    schema: levelRangeFilterSchema,
  });

  /** The number of the lowest level that passes. */
  readonly min: number;
  /** The number of the highest level that passes. */
  readonly max: number;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for an invalid level, and for an empty range. */
  constructor(options: LevelRangeFilterOptions = {}) {
    const isExact = new.target === LevelRangeFilter;
    const { min, max } = checkOptions('LevelRangeFilter', levelRangeFilterSchema(), options, isExact);
    this.min = min == null ? Number.NEGATIVE_INFINITY : checkLevel(min);
    this.max = max == null ? Number.POSITIVE_INFINITY : checkLevel(max);
  }

  /** Whether a record passes. */
  filter({ levelno }: LogRecord): boolean {
    return levelno >= this.min && levelno <= this.max;
  }
}
brand(LevelRangeFilter.prototype, 'filter');
