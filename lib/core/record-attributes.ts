/** The attributes every record has; `extra` may not use their names. */
export const RESERVED_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['name', 'levelno', 'levelname', 'msg', 'args', 'created', 'msecs', 'relativeCreated'],
  ...['pathname', 'filename', 'module', 'lineno', 'funcName'],
  ...['thread', 'threadName', 'process', 'processName', 'taskName'],
  ...['excInfo', 'excText', 'stackInfo', 'message', 'asctime'],
]);
