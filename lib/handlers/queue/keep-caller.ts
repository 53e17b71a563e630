import { writesCaller } from '../../core/formatting/caller-fields.js';
import type { FormatterLike } from '../../core/handler.js';
import type { LogRecord } from '../../core/records/log-record.js';

/**
 * Finds out where a record's call was made, if the formatter that gets it later needs that.
 *
 * The stack can only be read during the call; reading it costs about 10 µs, so it is not done for nothing. Of a
 * formatter that is not ours nothing is known, and the caller is kept for it.
 *
 * @param formatter `null` for the bare message.
 */
export function keepCaller(record: LogRecord, formatter: FormatterLike | null | undefined): void {
  if (formatter != null && writesCaller(formatter) !== false) record.caller();
}
