import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import type { Level } from '../../core/levels.js';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { parseDurationMs } from '../../runtime/units.js';
import { Expiry, systemClocks } from '../overrides/expiry.js';
import { MAX_DURATION_MS, readLevel } from '../overrides/make-override.js';

const VERSION = 'v1';
/** Characters of a token. */
const MAX_TOKEN = 2_048;
const MAX_LOGGERS = 20;
/** Tokens that are known to be genuine, so that they are not verified again for each request. */
const MAX_KNOWN = 200;

/** What a token is to let through. */
export interface LevelTokenOptions {
  /** The level down to which calls are let through. */
  level: Level;
  /** Names of loggers, with those below them; default all. At most 20. */
  loggers?: readonly string[] | undefined;
  /** How long it is valid, with a unit; default 15 minutes, at most 7 days. */
  for?: string | undefined;
  /** Who made it, for the audit record. */
  by?: string | undefined;
  /** Why, for the audit record. */
  reason?: string | undefined;
}

const shortText = lazy(() => v.pipe(v.string(), v.minLength(1), v.maxLength(256)));
const tokenSchema = lazy(() =>
  v.strictObject({
    level: v.union([v.string(), v.number()]),
    loggers: v.optional(v.pipe(v.array(shortText()), v.minLength(1), v.maxLength(MAX_LOGGERS)), ['root']),
    for: v.optional(
      v.pipe(
        v.string(),
        v.check((text) => {
          const ms = parseDurationMs(text) ?? 0;
          return ms > 0 && ms <= MAX_DURATION_MS;
        }, 'expected a duration with a unit, such as "15m", of at most 7 days'),
      ),
      '15m',
    ),
    by: v.optional(shortText()),
    reason: v.optional(shortText()),
  }),
);

const payloadSchema = lazy(() =>
  v.strictObject({
    id: shortText(),
    level: v.pipe(v.number(), v.integer()),
    loggers: v.pipe(v.array(shortText()), v.minLength(1), v.maxLength(MAX_LOGGERS)),
    exp: v.pipe(v.number(), v.finite()),
    by: v.nullable(v.string()),
    reason: v.nullable(v.string()),
  }),
);

/** What a genuine token lets through. */
export class LevelGrant {
  readonly #prefixes: readonly string[];
  readonly #isForAll: boolean;
  readonly #expiry: Expiry;

  constructor(
    /** The token itself, to be passed on. */
    readonly token: string,
    /** Identifies the token in audit records; the token itself is a secret. */
    readonly id: string,
    readonly level: number,
    readonly loggers: readonly string[],
    /** Milliseconds since the epoch. */
    readonly expiresAt: number,
    readonly by: string | null,
    readonly reason: string | null,
  ) {
    this.#expiry = new Expiry(expiresAt, MAX_DURATION_MS, systemClocks);
    this.#isForAll = loggers.includes('root');
    this.#prefixes = loggers.map((each) => `${each}.`);
  }

  /** Milliseconds until it expires; 0 or less when it has. Setting the clock back does not extend it. */
  get left(): number {
    return this.#expiry.left;
  }

  /** Whether it is for a logger. */
  covers(name: string): boolean {
    if (this.#isForAll || this.loggers.includes(name)) return true;
    for (const prefix of this.#prefixes) if (name.startsWith(prefix)) return true;
    return false;
  }
}

/** Makes and reads tokens that are signed with HMAC-SHA256. */
export class LevelTokens {
  readonly #known = new Map<string, LevelGrant>();

  /** @param secrets The first one signs; all are accepted. */
  constructor(private readonly secrets: readonly Buffer[]) {}

  /** Makes a token. @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_UNKNOWN_LEVEL` */
  create(options: LevelTokenOptions): LevelGrant {
    const {
      level,
      loggers,
      for: duration,
      by,
      reason,
    } = checkOptions('createLevelToken', tokenSchema(), options);
    const grant = {
      id: randomUUID(),
      level: readLevel(level),
      loggers,
      exp: Date.now() + (parseDurationMs(duration) as number),
      by: by ?? null,
      reason: reason ?? null,
    };
    const payload = Buffer.from(JSON.stringify(grant)).toString('base64url');
    const token = `${VERSION}.${payload}.${sign(payload, this.secrets[0]!).toString('base64url')}`;
    if (token.length > MAX_TOKEN)
      throw new LoggingError(
        'ERR_LOGGING_OPTIONS',
        `createLevelToken: longer than ${MAX_TOKEN} characters; name fewer loggers`,
      );
    return toGrant(token, grant);
  }

  /**
   * What a token lets through; `undefined` unless it is genuine and valid. Throws nothing.
   *
   * There is no limit for wrong tokens: 256 bits cannot be guessed, and a limit would lock out those who have a genuine
   * one.
   */
  read(token: string): LevelGrant | undefined {
    const known = this.#known.get(token);
    if (known !== undefined) return known.left > 0 ? known : undefined;
    if (token.length > MAX_TOKEN) return undefined;
    const grant = this.#verify(token);
    if (grant === undefined || grant.left <= 0) return undefined;
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(token, grant);
    return grant;
  }

  #verify(token: string): LevelGrant | undefined {
    const [version, payload = '', signature = '', ...rest] = token.split('.');
    if (version !== VERSION || rest.length > 0) return undefined;
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== 32) return undefined;
    // All secrets are tried, even after a match, so that the time reveals nothing.
    const isGenuine = this.secrets
      .map((secret) => timingSafeEqual(sign(payload, secret), given))
      .includes(true);
    if (!isGenuine) return undefined;
    try {
      const { success, output } = v.safeParse(
        payloadSchema(),
        JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
      );
      return success ? toGrant(token, output) : undefined;
    } catch {
      return undefined;
    }
  }
}

function sign(payload: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(`nestjs-logging level token\n${payload}`).digest();
}

function toGrant(
  token: string,
  { id, level, loggers, exp, by, reason }: v.InferOutput<ReturnType<typeof payloadSchema>>,
): LevelGrant {
  return new LevelGrant(token, id, level, loggers, exp, by, reason);
}
