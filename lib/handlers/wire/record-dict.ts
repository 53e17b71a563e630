import { safeFields } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { hasError, tracebackText } from '../../core/records/record-traceback.js';
import { header, isErrorLike } from '../../core/records/traceback.js';
import { str } from '../../python/python-text.js';
import { defineField } from '../../runtime/define-field.js';

/**
 * A record's attributes under Python's names and in the order of Python's `record.__dict__`, then the `extra` and
 * context fields, then `message` and `asctime` if a formatter set them.
 *
 * Differs from Python: `exc_info` is the one line `TypeError: …`, `exc_text` the traceback where there is one.
 */
export function recordDict(record: LogRecord): Record<string, unknown> {
  const { excInfo } = record;
  const dict: Record<string, unknown> = {
    name: record.name,
    msg: record.msg,
    args: record.args,
    levelname: record.levelname,
    levelno: record.levelno,
    pathname: record.pathname,
    filename: record.filename,
    module: record.module,
    exc_info: hasError(record) ? (isErrorLike(excInfo) ? header(excInfo) : str(excInfo)) : undefined,
    exc_text: tracebackText(record),
    stack_info: record.stackInfo,
    lineno: record.lineno,
    funcName: record.funcName,
    created: record.created,
    msecs: record.msecs,
    relativeCreated: record.relativeCreated,
    thread: record.thread,
    threadName: record.threadName,
    processName: record.processName,
    process: record.process,
    taskName: record.taskName,
  };
  for (const [key, value] of Object.entries(safeFields(record))) defineField(dict, key, value);
  if (record.message !== undefined) dict.message = record.message;
  if (record.asctime !== undefined) dict.asctime = record.asctime;
  return dict;
}
