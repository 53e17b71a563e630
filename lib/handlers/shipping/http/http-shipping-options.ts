import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { headersSchema } from '../../http/http-options.js';
import { tlsContextSchema } from '../../network/tls-options.js';
import { milliseconds, shippingEntries } from '../shipping-options.js';

/** The keys that destinations over HTTP take besides their own. */
export const httpShippingEntries = lazy(() => ({
  headers: v.optional(headersSchema(), {}),
  gzip: v.optional(v.pipe(v.boolean(), v.description('Whether bodies are compressed.')), false),
  connectTimeoutMs: v.optional(
    milliseconds('The most time until there is a connection, in milliseconds.'),
    5_000,
  ),
  tls: tlsEntry('How TLS is spoken where the address begins with https: `{ ca, cert, key … }`.'),
  ...shippingEntries(),
}));

/** The options of {@link httpShippingEntries}, checked. */
export interface HttpShippingSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly connectTimeoutMs: number;
  readonly tls?: boolean | v.InferOutput<ReturnType<typeof tlsSchema>> | undefined;
}

/** The option `tls` of a destination. */
export const tlsEntry = (what: string) =>
  v.optional(
    v.pipe(
      v.union(
        [v.boolean(), tlsSchema()],
        'expected true, false, or an object with any of ca, cert, key, passphrase, servername, minVersion, insecure',
      ),
      v.description(what),
    ),
  );

const tlsSchema = lazy(() =>
  v.strictObject({ ...tlsContextSchema().entries, insecure: v.optional(v.boolean(), false) }),
);

/** An address over HTTP: `https://logs.example.com/base`. */
export const httpUrl = (what: string) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => isHttpUrl(text),
      'expected an address that begins with http:// or https://, without user, password and #',
    ),
    v.description(what),
  );

/** The same as a configuration gives them. */
export type HttpShippingInput = {
  readonly [Name in Exclude<keyof HttpShippingSettings, 'tls'>]?: HttpShippingSettings[Name] | undefined;
} & { readonly tls?: boolean | v.InferInput<ReturnType<typeof tlsSchema>> | undefined };

/** Whether an address and the option `tls` go together: what was meant to be encrypted must not travel in the clear. */
export function fitsTls(url: string | undefined, tls: HttpShippingSettings['tls']): boolean {
  return !tls || url === undefined || /^https:/i.test(url);
}

/** What is wrong where they do not. */
export const ONLY_HTTPS = 'tls: makes sense only with https://';

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[!-~]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash, hostname } = new URL(text);
  return username === '' && password === '' && hash === '' && hostname !== '';
}

/** The credentials: `[user, password]`, `{ username, password }` or `{ token }`. */
export const httpAuth = lazy(() =>
  v.pipe(
    v.custom<HttpAuth>(isAuth, 'expected [user, password], { username, password } or { token }'),
    v.description(
      'Who we are: `[user, password]` or `{ username, password }` for Basic authentication, `{ token }` for a bearer token.',
    ),
  ),
);

/** Who we are, for Basic authentication or by a bearer token. */
export type HttpAuth =
  | readonly [user: string, password: string]
  | { readonly username: string; readonly password: string }
  | { readonly token: string };

function isAuth(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length === 2 && value.every((part) => isHeaderText(part)) && !String(value[0]).includes(':');
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value).sort().join();
  const { username, password, token } = value as Record<string, unknown>;
  if (keys === 'token') return typeof token === 'string' && /^[!-~]+$/.test(token);
  return keys === 'password,username' && isAuth([username, password]);
}

function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && !/[\x00-\x1f\x7f]/.test(value);
}

/** The header with our credentials. */
export function authorization(auth: HttpAuth): string {
  if ('token' in auth) return `Bearer ${auth.token}`;
  const [user, password] = 'username' in auth ? [auth.username, auth.password] : auth;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** What of it is secret. */
export function secretsIn(auth: HttpAuth | undefined): readonly string[] {
  if (auth === undefined) return [];
  if ('token' in auth) return [auth.token];
  const password = 'username' in auth ? auth.password : auth[1];
  return [password, authorization(auth).slice('Basic '.length)];
}
