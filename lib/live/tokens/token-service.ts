import { randomBytes } from 'node:crypto';
import { type ContextLevels, contexts } from '../../context/context-store.js';
import { LoggingError } from '../../core/errors.js';
import type { Logger } from '../../core/loggers/logger.js';
import { levelTokenReader, type ReadLevels } from '../../nest/work/level-token-reader.js';
import { runningLevels } from '../../nest/work/running-work.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { logAudit } from '../overrides/audit.js';
import { levelName } from '../overrides/make-override.js';
import type { Admissions } from '../overrides/override-overlay.js';
import type { OverrideRegistry } from '../overrides/override-registry.js';
import { type LevelGrant, type LevelTokenOptions, LevelTokens } from './level-tokens.js';

/** Bytes of a secret, at least. */
const MIN_SECRET = 32;
/** The most tokens in use at a time; requests with further ones are logged like any other. */
const MAX_ACTIVE = 100;

/** How requests bring levels along. */
export interface TokenOptions {
  /**
   * What tokens are signed with: 32 bytes or more, the same in all replicas. If there are several, the first one signs,
   * and all are accepted. Default a random one for this process alone.
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

/**
 * A token as a request carries it: one object for each request, which all its contexts share. Once it is collected,
 * nothing that the request started is left.
 */
class CarriedGrant implements ContextLevels {
  readonly level: number;

  /** @param header The name of the header that carries it. */
  constructor(
    readonly grant: LevelGrant,
    readonly header: string,
  ) {
    this.level = grant.level;
  }

  admits(logger: string): boolean {
    return this.grant.left > 0 && this.grant.covers(logger);
  }
}

/** The live modules of this process: each application has its own, with its own secret. */
const slot = globalSlot('live.tokens.1', (): { services: TokenService[] } => ({ services: [] }));

/** What is found first, in the service that began last. */
function ofServices<T>(look: (service: TokenService) => T | undefined): T | undefined {
  for (const service of slot.services.toReversed()) {
    const found = look(service);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All services are asked: applications share their loggers, and one may pass a token on to another. */
const readAny: ReadLevels = (header) => ofServices((service) => service.read(header));

/**
 * The tokens of this process, while a live module is there.
 *
 * Loggers ask for the context of a call only while something is left of a request that carried a token. What a request
 * started may outlive its answer, so the garbage collector decides when that is.
 */
export class TokenService implements Admissions {
  readonly #tokens: LevelTokens;
  readonly #active = new Map<string, LevelGrant>();
  /** How many requests carry each token. */
  readonly #carried = new Map<LevelGrant, number>();
  readonly #collected = new FinalizationRegistry<LevelGrant>((grant) => this.#uncarry(grant));
  #timer: NodeJS.Timeout | undefined;
  readonly header: string;
  readonly #cookie: RegExp | undefined;

  constructor(
    private readonly registry: OverrideRegistry,
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
    levelTokenReader.read = readAny;
    return () => {
      slot.services.splice(slot.services.indexOf(this), 1);
      if (slot.services.length === 0) levelTokenReader.read = undefined;
      clearTimeout(this.#timer);
      this.#active.clear();
      this.#carried.clear();
      this.registry.admit(this, false);
    };
  }

  /** Makes a token, with an audit record. */
  create(options: LevelTokenOptions): LevelGrant {
    const grant = this.#tokens.create(options);
    const { id, level, loggers, expiresAt, by, reason } = grant;
    const until = new Date(expiresAt).toISOString();
    // No field is called a token: redaction would leave its value out.
    const fields = { event: 'token made', grant_id: id, grant_level: levelName(level), loggers, until };
    logAudit(
      'a token for %s of %s until %s was made by %s: %s',
      [levelName(level), loggers.join(', '), until, by ?? 'somebody', reason ?? 'no reason given'],
      { ...fields, by: by ?? undefined, reason: reason ?? undefined },
    );
    return grant;
  }

  /** What a token lets through, for one request; `undefined` unless it is genuine and valid. */
  use(token: string): ContextLevels | undefined {
    const read = this.#tokens.read(token);
    if (read === undefined) return undefined;
    const grant = this.#active.get(read.id);
    if (grant !== undefined) return this.#carry(grant);
    if (this.#active.size >= MAX_ACTIVE) return undefined;
    this.#active.set(read.id, read);
    const carried = this.#carry(read);
    logAudit(
      'first request with the token that %s made for %s of %s: %s',
      [
        read.by ?? 'somebody',
        levelName(read.level),
        read.loggers.join(', '),
        read.reason ?? 'no reason given',
      ],
      { event: 'token used', grant_id: read.id, by: read.by ?? undefined, reason: read.reason ?? undefined },
    );
    return carried;
  }

  admissionLevel({ name }: Logger): number {
    let least = Number.POSITIVE_INFINITY;
    for (const grant of this.#carried.keys())
      if (grant.level < least && grant.covers(name)) least = grant.level;
    return least;
  }

  admits(logger: Logger, levelno: number): boolean {
    const levels = runningLevels();
    return levels !== undefined && levelno >= levels.level && levels.admits(logger.name);
  }

  /** Reads the token that a request or message carries. */
  readonly read: ReadLevels = (header) => {
    const token = header(this.header) ?? this.#cookie?.exec(header('cookie') ?? '')?.[1];
    return token === undefined ? undefined : this.use(token);
  };

  #carry(grant: LevelGrant): ContextLevels {
    const carried = new CarriedGrant(grant, this.header);
    this.#collected.register(carried, grant);
    const others = this.#carried.get(grant) ?? 0;
    this.#carried.set(grant, others + 1);
    if (others === 0) this.#changed();
    return carried;
  }

  #uncarry(grant: LevelGrant): void {
    const others = (this.#carried.get(grant) ?? 0) - 1;
    if (others > 0) this.#carried.set(grant, others);
    else if (this.#carried.delete(grant)) this.#changed();
  }

  /** Makes loggers recompute their levels, and looks again when the next token expires. */
  #changed(): void {
    clearTimeout(this.#timer);
    for (const [id, grant] of this.#active) {
      if (grant.left > 0) continue;
      this.#active.delete(id);
      this.#carried.delete(grant);
    }
    this.registry.admit(this, this.#carried.size > 0);
    if (this.#active.size === 0) return;
    const next = Math.min(...[...this.#active.values()].map(({ left }) => left));
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
  if (token === undefined) return run();
  currentService('runWithLevelToken');
  const levels = ofServices((service) => service.use(token));
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
  const levels = runningLevels();
  if (!(levels instanceof CarriedGrant) || levels.grant.left <= 0) return {};
  return { [levels.header]: levels.grant.token };
}
