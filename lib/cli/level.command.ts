import { userInfo } from 'node:os';
import { escapeControls } from '../core/formatting/sanitize.js';
import { cutText } from '../runtime/cut-text.js';
import { painterFor, type Terminal, writeJson } from './terminal.js';

/** How to reach an application. */
export interface ConnectionOptions {
  readonly json?: boolean;
  readonly token?: string;
  readonly header?: readonly string[];
}

/** Who does something and why. */
interface Authored {
  readonly by?: string;
  readonly reason?: string;
  readonly for?: string;
}

/** The options of `level set`. */
export interface SetOptions extends ConnectionOptions, Authored {
  readonly scope?: string;
  readonly budget?: number;
}

/** The options of `level token`. */
export interface LevelTokenCommandOptions extends ConnectionOptions, Authored {
  readonly logger?: readonly string[];
}

/** What of an override is printed. */
interface ShownOverride {
  readonly id: string;
  readonly target: string;
  readonly level: string;
  readonly expiresAt: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly scope: { readonly kind: string; readonly name?: string; readonly value?: string };
}

/** How long an application may take to answer, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Lists the levels that are set for a while. @returns The exit status. */
export async function listLevels(
  url: string,
  options: ConnectionOptions,
  terminal: Terminal,
): Promise<number> {
  const overrides = await new Application(url, options, terminal).get<ShownOverride[]>('overrides');
  if (options.json) writeJson(terminal, overrides);
  else if (overrides.length === 0) terminal.stdout.write('no levels are set\n');
  else for (const override of overrides) terminal.stdout.write(`${lineOf(override, terminal)}\n`);
  return 0;
}

/** Sets a level for a while. @returns The exit status. */
export async function setLevel(
  url: string,
  target: string,
  level: string,
  options: SetOptions,
  terminal: Terminal,
): Promise<number> {
  const { for: duration, reason, by = loginName(), budget } = options;
  const scope = options.scope === undefined ? undefined : readScope(options.scope);
  const body = { target, level: numberOr(level), for: duration, reason, by, budget, scope };
  const override = await new Application(url, options, terminal).change<ShownOverride>(
    'POST',
    'overrides',
    body,
  );
  if (options.json) writeJson(terminal, override);
  else terminal.stdout.write(`${lineOf(override, terminal)}\n`);
  return 0;
}

/** Ends the overrides of a target, or one override. @returns The exit status: 1 if there is none. */
export async function clearLevel(
  url: string,
  target: string,
  options: ConnectionOptions & Authored,
  terminal: Terminal,
): Promise<number> {
  const application = new Application(url, options, terminal);
  const all = await application.get<ShownOverride[]>('overrides');
  const meant = all.filter((override) => override.target === target || override.id === target);
  const by = encodeURIComponent(options.by ?? loginName() ?? '');
  for (const { id } of meant)
    await application.change('DELETE', `overrides/${encodeURIComponent(id)}?by=${by}`);
  if (options.json) writeJson(terminal, meant);
  else if (meant.length === 0) terminal.stderr.write(`no level is set for ${escapeControls(target, true)}\n`);
  else for (const override of meant) terminal.stdout.write(`ended: ${lineOf(override, terminal)}\n`);
  return meant.length === 0 ? 1 : 0;
}

/** Makes a token for requests, and prints the header that brings it. @returns The exit status. */
export async function makeToken(
  url: string,
  level: string,
  options: LevelTokenCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { for: duration, reason, by = loginName(), logger: loggers } = options;
  const body = { level: numberOr(level), loggers, for: duration, reason, by };
  const made = await new Application(url, options, terminal).change<{ header: string; token: string }>(
    'POST',
    'tokens',
    body,
  );
  if (options.json) writeJson(terminal, made);
  else terminal.stdout.write(`${escapeControls(`${made.header}: ${made.token}`, true)}\n`);
  return 0;
}

/** An application with a live module. */
class Application {
  readonly #api: string;
  readonly #headers: Record<string, string> = { accept: 'application/json' };
  #csrfToken: string | undefined;

  constructor(url: string, { token, header = [] }: ConnectionOptions, { env }: Terminal) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new Error(
        `"${url}" is not an address; give that of the live module, with http:// or https:// and its path`,
      );
    const address = new URL(url);
    // The address that is printed in development has its token in it.
    const known = token ?? address.searchParams.get('token') ?? env.NESTJS_LOGGING_TOKEN;
    if (known) this.#headers.authorization = `Bearer ${known}`;
    for (const line of header) {
      const at = line.indexOf(':');
      if (at < 1) throw new Error(`"${line}" is not a header; write name: value`);
      this.#headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
    }
    this.#api = `${address.origin}${address.pathname.replace(/\/$/, '')}/api`;
  }

  get<T>(path: string): Promise<T> {
    return this.#ask<T>(path, { headers: this.#headers });
  }

  async change<T>(method: string, path: string, body?: object): Promise<T> {
    this.#csrfToken ??= (await this.get<{ csrfToken: string }>('session')).csrfToken;
    const headers: Record<string, string> = { ...this.#headers, 'x-csrf-token': this.#csrfToken };
    if (body === undefined) return this.#ask<T>(path, { method, headers });
    headers['content-type'] = 'application/json';
    return this.#ask<T>(path, { method, headers, body: JSON.stringify(body) });
  }

  async #ask<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this.#fetch(path, init);
    const text = await response.text();
    if (response.ok) {
      if (text === '') return undefined as T;
      if (response.headers.get('content-type')?.startsWith('application/json')) return JSON.parse(text) as T;
    }
    throw new Error(`${this.#api}/${path} answered ${response.status}: ${reasonIn(text)}`);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      // A token is not carried on to wherever an answer points.
      return await fetch(`${this.#api}/${path}`, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      const { cause = error } = error as { cause?: unknown };
      throw new Error(`${this.#api} is not reached: ${String((cause as Error).message)}`);
    }
  }
}

function reasonIn(text: string): string {
  let reason: unknown = text;
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown };
    reason = message ?? error ?? text;
  } catch {
    // Not JSON: as it is.
  }
  return escapeControls(cutText(String(reason), 500), true);
}

function lineOf(override: ShownOverride, terminal: Terminal): string {
  const paint = painterFor('stdout', terminal);
  const safe = (text: string) => escapeControls(text, true);
  const { id, target, level, expiresAt, by, reason, scope } = override;
  const where =
    scope.kind === 'all' ? '' : ` in ${[scope.kind, scope.name, scope.value].filter(Boolean).join(' ')}`;
  const who = by === null ? '' : ` by ${by}`;
  const why = reason === null ? '' : `: ${reason}`;
  const until = new Date(expiresAt).toISOString();
  return `${paint(safe(target), 'bold')} ${safe(level)} until ${until}${safe(where + who + why)} (${safe(id)})`;
}

function readScope(text: string): unknown {
  if (text === 'all' || text === 'instance') return text;
  const at = text.indexOf('=');
  return at < 0 ? { instance: text } : { label: text.slice(0, at), value: text.slice(at + 1) };
}

function numberOr(level: string): string | number {
  return /^\d+$/.test(level) ? Number(level) : level;
}

function loginName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // There may be no name for the user that a container runs as.
    return undefined;
  }
}
