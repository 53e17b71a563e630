import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { LEAN } from '../core/lean.js';
import { checkLevel } from '../core/levels.js';
import { levelSchema } from '../core/option-schemas.js';
import { checkOptions } from '../core/options.js';
import { originalOf } from '../core/records/copy-record.js';
import type { LogRecord } from '../core/records/log-record.js';
import { brand } from '../runtime/brand.js';
import { lazy } from '../runtime/lazy.js';
import { nodeModule } from '../runtime/node-module.js';

/** The keys of a {@link SamplingFilter} in a configuration. */
export const samplingFilterSchema = lazy(() =>
  v.strictObject({
    ratio: v.pipe(
      v.number(),
      v.minValue(0, 'expected a number from 0 to 1'),
      v.maxValue(1, 'expected a number from 0 to 1'),
      v.description('The part of the requests, or of the records without one, that passes: 0.1 for a tenth.'),
    ),
    by: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.nonEmpty('expected the name of a field'))),
        v.description(
          'Fields that decide, the first that a record has: all records of one value pass, or none.',
        ),
      ),
      ['trace_id', 'request_id'],
    ),
    exemptLevel: v.optional(
      v.pipe(
        v.nullable(levelSchema()),
        v.description('Records of this level and above always pass; null for none.'),
      ),
      'WARNING',
    ),
  }),
);

/** Options of {@link SamplingFilter}. */
export type SamplingFilterOptions = v.InferInput<ReturnType<typeof samplingFilterSchema>>;

/**
 * Passes a part of the records, whole requests at a time: a record's trace or request id decides, the same way in every
 * process, so that a request can be read from end to end. Records without one are counted instead: at 0.1 every tenth
 * passes.
 *
 * Suppressed records count as filtered in `getLoggingStats()`.
 *
 * @example
 * { filters: { tenth: { class: 'SamplingFilter', ratio: 0.1 } } }
 */
export class SamplingFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof samplingFilterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(SamplingFilter, {
    name: 'SamplingFilter',
    schema: samplingFilterSchema,
  });

  readonly #ratio: number;
  readonly #by: readonly string[];
  readonly #exemptLevel: number;
  /** The fraction of a record that is due. */
  #due = 0;
  #lastId = '';
  #lastAnswer = false;
  #asked: LogRecord | undefined;
  #answer = false;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: SamplingFilterOptions) {
    const o = checkOptions('SamplingFilter', samplingFilterSchema(), options, new.target === SamplingFilter);
    this.#ratio = o.ratio;
    this.#by = o.by;
    this.#exemptLevel = o.exemptLevel === null ? Number.POSITIVE_INFINITY : checkLevel(o.exemptLevel);
  }

  /** Whether a record passes. */
  filter(record: LogRecord): boolean {
    if (record.levelno >= this.#exemptLevel) return true;
    // If two handlers ask about one record, both get the same answer.
    const original = originalOf(record);
    if (original === this.#asked) return this.#answer;
    this.#asked = original;
    const id = this.#idOf(record);
    this.#answer = id === undefined ? this.#countOff() : this.#decide(id);
    return this.#answer;
  }

  #idOf(record: LogRecord): string | undefined {
    for (const name of this.#by) {
      const id = record.attribute(name);
      if ((typeof id === 'string' && id !== '') || typeof id === 'number') return String(id);
    }
    return undefined;
  }

  #decide(id: string): boolean {
    if (id === this.#lastId) return this.#lastAnswer;
    this.#lastId = id;
    this.#lastAnswer = shareOf(id) < this.#ratio;
    return this.#lastAnswer;
  }

  #countOff(): boolean {
    this.#due += this.#ratio;
    // Ten tenths are a little less than one.
    if (this.#due < 1 - 1e-9) return false;
    this.#due -= 1;
    return true;
  }
}
brand(SamplingFilter.prototype, 'filter');

/** Where an id lies between 0 and 1: evenly spread, and the same everywhere. */
function shareOf(id: string): number {
  const { createHash } = nodeModule('node:crypto');
  return createHash('sha256').update(id.slice(0, 256)).digest().readUInt32BE(0) / 0x1_0000_0000;
}
