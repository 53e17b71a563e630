import type { LogRecord } from '../../core/log-record.js';
import { formatTraceback, header, isErrorLike } from '../../core/traceback.js';
import { defineField } from '../../internal/define-field.js';
import { str } from '../../internal/python-text.js';

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
    exc_info: excInfo === undefined ? undefined : isErrorLike(excInfo) ? header(excInfo) : str(excInfo),
    exc_text: record.excText ?? (excInfo === undefined ? undefined : formatTraceback(excInfo)),
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
  for (const [key, value] of Object.entries(record.extraFields())) defineField(dict, key, value);
  if (record.message !== undefined) dict.message = record.message;
  if (record.asctime !== undefined) dict.asctime = record.asctime;
  return dict;
}
