/** The filters that configurations can name, one a line. The package exports all of them. */

export { Filter, type FilterOptions } from '../core/filter.js';
export { CallbackFilter, type CallbackFilterOptions } from './callback.filter.js';
export { LevelRangeFilter, type LevelRangeFilterOptions } from './level-range.filter.js';
export { RateLimitFilter, type RateLimitFilterOptions } from './rate-limit.filter.js';
export { RedactionFilter, type RedactionFilterOptions } from './redaction.filter.js';
export { RequireDebugFalse, type RequireDebugOptions, RequireDebugTrue } from './require-debug.filter.js';
export { SamplingFilter, type SamplingFilterOptions } from './sampling.filter.js';
