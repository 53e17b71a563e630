import { openHandlers } from '../../core/handler.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { RedactionFilter } from '../../filters/redaction.filter.js';
import { REDACTION } from '../../formatters/support/json-options.js';
import type { PathRedactionOptions } from '../../redaction/path-redaction.js';

/** A filter for each formatter that leaves out values at paths: it leaves out the same. */
const filters = new WeakMap<object, RedactionFilter>();

/**
 * A record without what any open handler leaves out, by its filters for secrets and by the paths of its formatter. So
 * nothing is shown that no handler writes. Filters of the application's own are not called: they may have other
 * effects.
 *
 * @returns The record itself if there is nothing to leave out, else a copy.
 */
export function redactAsHandlersDo(record: LogRecord): LogRecord {
  let redacted = record;
  for (const filter of filtersInUse()) redacted = filter.filter(redacted);
  return redacted;
}

function filtersInUse(): Set<RedactionFilter> {
  const found = new Set<RedactionFilter>();
  for (const { filters: own, formatter } of openHandlers()) {
    for (const filter of own) if (filter instanceof RedactionFilter) found.add(filter);
    const ofPaths = formatter && filterOfPaths(formatter);
    if (ofPaths) found.add(ofPaths);
  }
  return found;
}

function filterOfPaths(formatter: object): RedactionFilter | undefined {
  const redaction = (formatter as { readonly [REDACTION]?: PathRedactionOptions })[REDACTION];
  if (redaction === undefined) return undefined;
  let filter = filters.get(formatter);
  if (filter === undefined) {
    filter = new RedactionFilter({ paths: [...redaction.paths] });
    filters.set(formatter, filter);
  }
  return filter;
}
