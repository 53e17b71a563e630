import { randomBytes } from 'node:crypto';
import { contexts } from '../../context/context-store.js';
import { LoggingError } from '../../core/errors.js';
import type { Logger } from '../../core/loggers/logger.js';
import { broughtLevels, type ReadLevels } from '../../nest/work/brought-levels.js';
import { currentWork, type Work } from '../../nest/work/running-work.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { logAudit } from '../overrides/audit.js';
import { levelName } from '../overrides/override.js';
import type { OverrideBook } from '../overrides/override-book.js';
import type { Admissions } from '../overrides/override-overlay.js';
import { LevelGrant, type LevelTokenOptions, LevelTokens } from './level-tokens.js';

/** Bytes of a secret, at least. */
const MIN_SECRET = 32;
/** Tokens that are in use at a time; requests with further ones are logged like any other. */
const MAX_ACTIVE = 100;

/** How requests bring levels along. */
export interface TokenOptions {
  /**
   * What tokens are signed with: 32 bytes or more, the same in all replicas. Of several the first one signs and all are
   * accepted. Default a random one, which is this process's alone.
   */
  secret?: string | readonly string[] | undefined;
  /** The header with the token; default `x-log-level`. */
  header?: string | undefined;
  /** A cookie with the token; default `false`, none. */
  cookie?: string | false | undefined;
}

/** The secrets of options. @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
export function secretsOf(secret: TokenOptions['secret']): Buffer[] {
  if (secret === undefined) return [randomBytes(MIN_SECRET)];
  const secrets = (typeof secret === 'string' ? [secret] : secret).map((text) => Buffer.from(text));
  if (secrets.length === 0 || secrets.some(({ length }) => length < MIN_SECRET))
    throw new LoggingError('ERR_LOGGING_OPTIONS', `token.secret: expected at least ${MIN_SECRET} bytes`);
  return secrets;
}

const slot = globalSlot('live.tokens.1', (): { services: TokenService[] } => ({ services: [] }));

/** The tokens of this process, while a live module is there. */
export class TokenService implements Admissions {
  readonly #tokens: LevelTokens;
  readonly #active = new Map<string, LevelGrant>();
  #timer: NodeJS.Timeout | undefined;
  readonly header: string;
  readonly #cookie: RegExp | undefined;

  constructor(
    private readonly book: OverrideBook,
    secrets: readonly Buffer[],
    { header = 'x-log-level', cookie = false }: TokenOptions,
  ) {
    this.#tokens = new LevelTokens(secrets);
    this.header = header.toLowerCase();
    this.#cookie = cookie === false ? undefined : new RegExp(`(?:^|; *)${cookie}=([\\w.-]+)`);
  }

  /** Reads tokens of requests and messages from now on. @returns A function that removes it. */
  install(): () => void {
    slot.services.push(this);
    broughtLevels.read = this.read;
    return () => {
      slot.services.splice(slot.services.indexOf(this), 1);
      broughtLevels.read = slot.services.at(-1)?.read;
      clearTimeout(this.#timer);
      this.#active.clear();
      this.book.admit(undefined);
    };
  }

  /** Makes a token, with an audit record. */
  create(options: LevelTokenOptions): LevelGrant {
    const grant = this.#tokens.create(options);
    const { id, level, loggers, expiresAt, by, reason } = grant;
    const until = new Date(expiresAt).toISOString();
    const fields = { event: 'token made', token_id: id, token_level: levelName(level), loggers, until };
    logAudit(
      'a token for %s of %s until %s was made by %s: %s',
      [levelName(level), loggers.join(', '), until, by ?? 'somebody', reason ?? 'no reason given'],
      { ...fields, by: by ?? undefined, reason: reason ?? undefined },
    );
    return grant;
  }

  /** What a token lets through, from now on; `undefined` unless it is genuine and valid. */
  use(token: string): LevelGrant | undefined {
    const grant = this.#tokens.read(token);
    if (grant === undefined || this.#active.has(grant.id)) return grant;
    if (this.#active.size >= MAX_ACTIVE) return undefined;
    this.#active.set(grant.id, grant);
    this.#changed();
    logAudit('token %s is used for the first time', [grant.id], { event: 'token used', token_id: grant.id });
    return grant;
  }

  admissionLevel({ name }: Logger): number {
    let least = Number.POSITIVE_INFINITY;
    for (const grant of this.#active.values())
      if (grant.level < least && grant.covers(name)) least = grant.level;
    return least;
  }

  admits({ name }: Logger, levelno: number): boolean {
    const levels =
      contexts.storage.getStore()?.levels ?? (currentWork() as Partial<Work> | undefined)?.store?.levels;
    return levels?.admits(name, levelno) ?? false;
  }

  /** Reads the token that a request or message brought along. */
  readonly read: ReadLevels = (header) => {
    const token = header(this.header) ?? this.#cookie?.exec(header('cookie') ?? '')?.[1];
    return token === undefined ? undefined : this.use(token);
  };

  #changed(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    for (const [id, { expiresAt }] of this.#active) if (expiresAt <= now) this.#active.delete(id);
    this.book.admit(this.#active.size === 0 ? undefined : this);
    if (this.#active.size === 0) return;
    const next = Math.min(...[...this.#active.values()].map(({ expiresAt }) => expiresAt)) - now;
    this.#timer = setTimeout(() => this.#changed(), Math.min(Math.max(next, 1), 60_000)).unref();
  }
}

function currentService(what: string): TokenService {
  const service = slot.services.at(-1);
  if (service === undefined)
    throw new LoggingError(
      'ERR_LOGGING_NEST',
      `${what}: import LoggingLiveModule.forRoot() first; it has the secret`,
    );
  return service;
}

/**
 * Makes a token: a request that brings it in the header `x-log-level` (or that of the option `token`) is logged down to
 * its level, with all that it starts, and no other request is. The token is a secret.
 *
 * @example
 * createLevelToken({ level: 'DEBUG', loggers: ['shop'], for: '30m', by: 'anna', reason: 'customer 7' })
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_UNKNOWN_LEVEL`; `ERR_LOGGING_NEST` without a live module.
 */
export function createLevelToken(options: LevelTokenOptions): string {
  return currentService('createLevelToken').create(options).token;
}

/**
 * Runs a function with what a token lets through, for jobs that carry it in their data. Without a genuine and valid token
 * it just runs.
 *
 * @returns What the function returns.
 * @throws {LoggingError} `ERR_LOGGING_NEST` without a live module.
 */
export function runWithLevelToken<T>(token: string | undefined, run: () => T): T {
  const levels = token === undefined ? undefined : currentService('runWithLevelToken').use(token);
  if (levels === undefined) return run();
  const outer = contexts.storage.getStore();
  return contexts.storage.run({ fields: outer?.fields ?? NO_FIELDS, owner: outer?.owner, levels }, run);
}

const NO_FIELDS = Object.freeze({});

/**
 * The header with the token of the running request, for a request that it makes of another service; nothing where there
 * is none. Give it only to your own services: the token is a secret.
 *
 * @example
 * await fetch(url, { headers: { ...levelTokenHeaders() } });
 */
export function levelTokenHeaders(): Record<string, string> {
  const service = slot.services.at(-1);
  const levels =
    contexts.storage.getStore()?.levels ?? (currentWork() as Partial<Work> | undefined)?.store?.levels;
  if (service === undefined || !(levels instanceof LevelGrant) || levels.expiresAt <= Date.now()) return {};
  return { [service.header]: levels.token };
}
