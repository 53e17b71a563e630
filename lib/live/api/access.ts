import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  UnauthorizedException,
} from '@nestjs/common';
import { AttemptLimit } from './attempt-limit.js';
import { Exchange, type PlatformRequest, type PlatformResponse } from './exchange.js';

/** Name of the cookie with the token of development. */
const COOKIE = 'nestjs-logging-live';

/** Who has access, besides what the application's guards decide. */
export interface AccessOptions {
  /** Whether there is a token in place of guards, for development. */
  readonly usesToken: boolean;
  /** Whether requests from other machines are accepted; only used with a token. */
  readonly allowsRemote: boolean;
  /** Further origins that pages may have, `https://admin.example.com`. */
  readonly origins: readonly string[];
  /** The secret that the token against forgery is derived from. If it was given, it is the same in all replicas. */
  readonly secret: Buffer;
}

/**
 * The first guard of every route.
 *
 * Pages of other origins are always rejected, whatever the application's CORS allows. A request that changes something must
 * be JSON, and carry the token that only a page of this origin can read. In development a token in the address replaces
 * guards, from this machine only.
 */
export class LiveAccess implements CanActivate {
  /** The token of development; `undefined` where guards decide. */
  readonly token: string | undefined;
  /** The token against forgery. */
  readonly csrfToken: string;
  readonly #attempts = new AttemptLimit(20, 60_000);

  constructor(private readonly options: AccessOptions) {
    this.token = options.usesToken ? randomBytes(24).toString('base64url') : undefined;
    this.csrfToken = createHmac('sha256', options.secret).update('csrf').digest('base64url');
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const exchange = new Exchange(http.getRequest<PlatformRequest>(), http.getResponse<PlatformResponse>());
    this.#checkOrigin(exchange);
    if (this.token !== undefined) this.#checkToken(exchange, this.token);
    return true;
  }

  /** Checks a request that changes something. @throws {ForbiddenException} */
  checkForgery(exchange: Exchange): void {
    // A request without a body is not a form: a page of another origin would need a preflight, for the method.
    if (exchange.request.method !== 'DELETE' && !exchange.isJson())
      throw new HttpException('send application/json', 415);
    if (!isSame(exchange.header('x-csrf-token'), this.csrfToken))
      throw new ForbiddenException('x-csrf-token is not the one that api/session gives');
  }

  #checkOrigin(exchange: Exchange): void {
    const origin = exchange.header('origin');
    const site = exchange.header('sec-fetch-site');
    if (origin === '') {
      // A browser that opens the address itself sends none; a page of another site that embeds it is rejected.
      if (site === 'cross-site' && exchange.header('sec-fetch-mode') !== 'navigate')
        throw new ForbiddenException('another site');
      return;
    }
    if (this.options.origins.includes(origin) || hostOf(origin) === exchange.header('host')) return;
    throw new ForbiddenException('another origin');
  }

  #checkToken(exchange: Exchange, token: string): void {
    const { remoteAddress = '' } = exchange.request.socket;
    if (!this.options.allowsRemote && !isLocal(exchange, remoteAddress))
      throw new ForbiddenException('development lets in this machine alone; see the option allowRemote');
    // A page of another site can have its visitor's browser open this address again and again: that must not lock the
    // visitor out.
    const from =
      exchange.header('sec-fetch-site') === 'cross-site' ? `${remoteAddress} for others` : remoteAddress;
    if (this.#attempts.isOver(from)) throw new HttpException('too many attempts', 429);
    const asked = exchange.query.get('token');
    const given = asked ?? bearerOf(exchange.header('authorization')) ?? cookieOf(exchange.header('cookie'));
    if (!isSame(given ?? '', token)) {
      this.#attempts.count(from);
      throw new UnauthorizedException(
        'the token is missing or wrong; it is in the address that was printed at the start',
      );
    }
    // So that it need not stay in the address.
    if (asked !== null)
      exchange.response.appendHeader('set-cookie', `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`);
  }
}

/** Compares in constant time. */
function isSame(given: string, expected: string): boolean {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', key).update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Headers that proxies and tunnels add. */
const OF_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|true-client-ip|cf-.*|fly-.*)$/;

/** A foreign name that leads here (DNS rebinding) and requests of a proxy are not local. */
function isLocal(exchange: Exchange, address: string): boolean {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(address);
  const isForwarded = Object.keys(exchange.request.headers).some((name) => OF_PROXIES.test(name));
  const host = hostOf(`http://${exchange.header('host')}`)?.replace(/:\d+$/, '') ?? '';
  return isLoopback && !isForwarded && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function bearerOf(authorization: string): string | undefined {
  return /^Bearer ([\w-]{1,256})$/i.exec(authorization)?.[1];
}

function cookieOf(cookies: string): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]{1,256})(?:;|$)`).exec(cookies)?.[1];
}
