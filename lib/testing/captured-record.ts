import type { LogRecord } from '../core/records/log-record.js';
import { hasError } from '../core/records/record-traceback.js';
import { formatTraceback } from '../core/records/traceback.js';

/** A record with what is only known while it is made. */
export interface CapturedRecord {
  readonly record: LogRecord;
  /** The merged message; where it could not be merged, what is wrong with it. */
  readonly message: string;
}

/** Keeps a record for later: with its caller, its merged message, and its `extra` as attributes. */
export function keepRecord(record: LogRecord): CapturedRecord {
  record.expose();
  record.caller();
  const message = mergedMessage(record);
  if (message !== undefined) record.message = message;
  return { record, message: messageOf(record) };
}

/** A record's merged message; where it cannot be merged, what is wrong with it. */
export function messageOf(record: LogRecord): string {
  if (record.message !== undefined) return record.message;
  try {
    return record.getMessage();
  } catch (error) {
    return `[cannot be formatted: ${String(error)}] ${describe(record.msg)}`;
  }
}

function mergedMessage(record: LogRecord): string | undefined {
  try {
    return record.getMessage();
  } catch {
    return undefined;
  }
}

/** `LEVEL:logger:message`, with the traceback: what Python's `assertLogs` gives. */
export function outputLine({ record, message }: CapturedRecord): string {
  return `${record.levelname}:${record.name}:${message}${details(record)}`;
}

/** `LEVEL    logger:file:line message`, with the traceback: what pytest's `caplog` gives. */
export function textLine({ record, message }: CapturedRecord): string {
  const { levelname, name, filename, lineno } = record;
  return `${levelname.padEnd(8)} ${name}:${filename}:${lineno} ${message}${details(record)}`;
}

function details(record: LogRecord): string {
  const { excInfo, stackInfo } = record;
  return (!hasError(record) ? '' : `\n${formatTraceback(excInfo)}`) + (stackInfo ? `\n${stackInfo}` : '');
}

function describe(msg: unknown): string {
  try {
    return String(msg);
  } catch {
    return '[unprintable]';
  }
}
