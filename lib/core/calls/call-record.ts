import { getLevelName } from '../levels.js';
import type { Fields, LogRecordOptions } from '../records/log-record.js';
import { state } from '../state.js';
import type { LogCall } from './call-options.js';
import { type CallBoundary, captureStackInfo } from './caller.js';

/**
 * What the record of a log call is made of, the fields of the running request or job included.
 *
 * @param call What else was given; only an object of ours, so that nothing is read that a caller's object lacks.
 */
export function describeRecord(
  name: string,
  levelno: number,
  msg: unknown,
  args: unknown[],
  extra: Fields | undefined,
  call: LogCall | undefined,
  boundary: CallBoundary,
): LogRecordOptions {
  const { contextProvider } = state;
  return {
    name,
    levelno,
    levelname: getLevelName(levelno),
    msg,
    args,
    excInfo: call?.excInfo,
    excText: call?.excText,
    stackInfo: call?.stackInfo === true ? captureStackInfo(boundary) : undefined,
    extra,
    context: contextProvider === undefined ? undefined : contextProvider(),
    summarized: call?.summarized,
    boundary,
    stacklevel: call?.stacklevel ?? 1,
  };
}
