import type { ShownLogger, ShownOverride } from '../api/shown.js';

/** The API as used by the page. All of it is below the page's own path. */

export type { ShownLogger, ShownOverride, ShownReplicas } from '../api/shown.js';
export type { RequestRow } from '../records/request-row.js';

/** The response of `api/session`. */
export interface Session {
  readonly csrfToken: string;
  readonly instance: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly process: { readonly pid: number; readonly node: string; readonly startedAt: number };
  /** The server's clock, in milliseconds since the epoch. */
  readonly now: number;
  readonly records: {
    readonly kept: number;
    readonly capacity: number;
    /** Whether records are kept while nobody looks at them. */
    readonly keepsAlways: boolean;
  };
  readonly traceUrl: string | null;
}

/** A record as the server sends it. */
export interface Entry {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly levelno: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The response of `api/loggers`. */
export interface Loggers {
  readonly loggers: readonly ShownLogger[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly overrides: readonly ShownOverride[];
}

/** A handler of `api/handlers`. */
export interface ShownHandler {
  readonly name: string | null;
  readonly type: string;
  readonly level: string | null;
  readonly formatter: string | null;
  readonly filters: readonly string[];
  readonly emitted: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dropped: number;
  readonly droppedBy: Readonly<Record<string, number>>;
  readonly queued: number;
  readonly spooled: number;
  readonly lastError: { readonly at: number; readonly type: string; readonly message: string } | null;
}

/** What becomes of a record at a handler. */
export interface HandlerVerdict {
  readonly handler: string;
  readonly class: string;
  readonly verdict: 'yes' | 'no' | 'maybe';
  readonly reason: string;
}

/** The response of `api/explain`. */
export interface Explanation {
  readonly logger: string;
  readonly asked: number;
  readonly isEnabled: boolean;
  readonly whyNot?: string;
  readonly levelOf: string;
  readonly way: readonly { readonly logger: string; readonly handlers: readonly HandlerVerdict[] }[];
  readonly stopsAt?: string;
  readonly elsewhere: readonly HandlerVerdict[];
}

/** The page's own path, without a slash at its end. */
const base = location.pathname.replace(/\/+$/, '');

/** The address of something of the API. */
export function addressOf(path: string): string {
  return `${base}/api/${path}`;
}

/** Sends a GET request. @throws {Error} With the server's message. */
export async function ask<T>(path: string): Promise<T> {
  return (await send(path, { method: 'GET' })) as T;
}

/** Sends a change. @throws {Error} With the server's message. */
export async function change(method: 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
  const { csrfToken } = await ask<Session>('session');
  const headers = { 'x-csrf-token': csrfToken, 'content-type': 'application/json' };
  return await send(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

async function send(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(addressOf(path), { ...init, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return answer;
  const { error, message } = (answer ?? {}) as { error?: unknown; message?: unknown };
  throw new Error(String(message ?? error ?? `status ${response.status}`));
}
