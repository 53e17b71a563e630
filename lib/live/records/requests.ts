import type { RingEntry } from './record-ring.js';
import type { RequestRow } from './request-row.js';

/** Fields that applications use for the user. */
const USER_FIELDS = ['user', 'user_id', 'userId', 'username'];

/** Whether a record is the access record of a request. */
export function isAccessRecord({ logger }: RingEntry): boolean {
  return logger === 'nest.server';
}

/** The row of a request. */
export function requestRow({ seq, time, levelno, json }: RingEntry): RequestRow {
  const fields = JSON.parse(json) as Record<string, unknown>;
  const field = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : null);
  return {
    seq,
    time,
    levelno,
    request_id: field('request_id'),
    method: field('method'),
    path: field('path'),
    route: field('route'),
    status: field('status'),
    duration_ms: field('duration_ms'),
    aborted: field('aborted'),
    user: USER_FIELDS.map(field).find((value) => value !== null) ?? null,
    trace_id: field('trace_id'),
    error: field('error'),
    reason: field('reason'),
  };
}
