/** The filter of this room that configurations can name. */

export { ContextFilter, type ContextFilterOptions } from './context.filter.js';
