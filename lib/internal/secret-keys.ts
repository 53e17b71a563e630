import { boundedCache } from './bounded-cache.js';

/** Names that stand for a secret wherever they stand in a longer one: `userPassword`, `refresh_token_2`. */
const WORDS =
  /token(?!i[sz])|secret(?!ar[iy])|passw(?:or)?d|passphrase|passcode|passkey|pwd|(?<!^ob|pos)session|credential|cookie|authorization|apikey|privatekey|accesskey|accountkey|secretkey|signingkey|signaturekey|encryptionkey|masterkey|hmackey|sshkey|bearer|jwt/;

/** Names that stand for one by themselves only, being parts of harmless words. */
const WHOLE: ReadonlySet<string> = new Set([
  ...[
    'authorization',
    'proxyauthorization',
    'auth',
    'cookie',
    'setcookie',
    'apikey',
    'xapikey',
    'xauth',
    'auth0',
  ],
  ...['token', 'secret', 'password', 'passwd', 'passwort', 'pwd', 'pass', 'session', 'sessionid', 'sid'],
  ...[
    'credential',
    'credentials',
    'privatekey',
    'otp',
    'totp',
    'cvv',
    'cvc',
    'creds',
    'pgpassword',
    'mysqlpwd',
  ],
  ...[
    'phpsessid',
    'jsessionid',
    'connectsid',
    'xsrf',
    'csrf',
    'sig',
    'signature',
    'xamzsignature',
    'xgoogsignature',
  ],
]);

/** Names that tell of a secret without being one, for example `tokenExpiresAt`, where the value is a number. */
const MEASURE =
  /(?:tokens|count|counter|total|length|size|limit|max|min|ttl|age|expiry|expires|expiresin|expiresat|expiration|duration|timeout|at|ms|seconds|minutes|hours|days|used|usage|index|version|status)$/;

/** What decides whether a name stands for a secret. */
export interface SecretKeys {
  /** Whether what stands under this name is a secret. */
  isSecret(name: string): boolean;
  /** The same for a number, which under `tokenCount` or `sessionTtlMs` is none. */
  isSecretNumber(name: string): boolean;
}

/** Options of {@link secretKeys}. */
export interface SecretKeyOptions {
  /** Further names; `*` stands for anything. */
  readonly keys?: readonly string[] | undefined;
  /** Names that are none although a word of the list is in them. */
  readonly allow?: readonly string[] | undefined;
}

/**
 * Tells names that stand for secrets, in any case and with any separators: `apiKey`, `api_key` and `API-KEY` are one.
 *
 * Names that are a word of the list themselves, and those of `keys`, win over `allow`.
 */
export function secretKeys({ keys = [], allow = [] }: SecretKeyOptions = {}): SecretKeys {
  const own = keys.map(wildcard);
  const allowed = allow.map(wildcard);
  const decide = (name: string): Verdict => {
    const normal = normalise(name);
    if (isAlwaysSecret(normal) || own.some((pattern) => pattern.test(normal))) return SECRET;
    if (!WORDS.test(normal) || allowed.some((pattern) => pattern.test(normal))) return HARMLESS;
    return MEASURE.test(normal) ? MEASURED : SECRET;
  };
  const verdicts = boundedCache(decide, 2_000, 64);
  return {
    isSecret: (name) => verdicts.get(name).isSecret,
    isSecretNumber: (name) => verdicts.get(name).isSecretNumber,
  };
}

interface Verdict {
  readonly isSecret: boolean;
  readonly isSecretNumber: boolean;
}

const SECRET: Verdict = { isSecret: true, isSecretNumber: true };
const MEASURED: Verdict = { isSecret: true, isSecretNumber: false };
const HARMLESS: Verdict = { isSecret: false, isSecretNumber: false };

/** Whether no `allow` can let a name pass. @param name In any case, with any separators. */
export function isAlwaysSecret(name: string): boolean {
  return WHOLE.has(normalise(name));
}

/** Longer than any name: the end of a text that somebody used as a key. */
const MAX_NAME = 256;

function normalise(name: string): string {
  const short = name.length > MAX_NAME ? name.slice(0, MAX_NAME) : name;
  return short.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

function wildcard(name: string): RegExp {
  return new RegExp(`^${name.split('*').map(normalise).join('.*')}$`);
}
