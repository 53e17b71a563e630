import { boundedCache } from '../runtime/bounded-cache.js';
import { lazyPattern } from '../runtime/lazy.js';
import { HarmlessNames, LONGEST_NAME } from './harmless-names.js';
import { needsSearch } from './suspect-text.js';

/** Names of secrets, also as a part of a longer name: `userPassword`, `refresh_token_2`. */
const WORDS =
  /token(?!i[sz])|secret(?!ar[iy])|passw(?:or)?d|passphrase|passcode|passkey|pwd|(?<!^ob|pos)session|credential|cookie|authorization|apikey|privatekey|accesskey|accountkey|secretkey|signingkey|signaturekey|encryptionkey|masterkey|hmackey|sshkey|bearer|jwt|signature(?!s|alg|type|valid|verif|version|method|required|date|count)/;

/** Names of secrets only as whole names, because they are parts of harmless words. */
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

/** Names of secrets wherever they are a separate word: `card_cvv`, `otpCode`, `user[otp]`. */
const SEPARATE: ReadonlySet<string> = new Set(['otp', 'totp', 'cvv', 'cvv2', 'cvc', 'csrf', 'xsrf', 'creds']);

/** Names about a secret whose value is not one if it is a number, for example `tokenExpiresAt`. */
const MEASURE =
  /(?:tokens|count|counter|total|length|size|limit|max|min|ttl|age|expiry|expires|expiresin|expiresat|expiration|duration|timeout|at|ms|seconds|minutes|hours|days|used|usage|index|version|status)$/;

/** What is known of a name. */
export interface NameVerdict {
  /** The name itself. It keeps no longer string in memory, unless it is longer than names are. */
  readonly name: string;
  /** Whether the value of this name is a secret. */
  readonly isSecret: boolean;
  /** The same for a number, which is not a secret under `tokenCount` or `sessionTtlMs`. */
  readonly isSecretNumber: boolean;
  /** Whether the name may hold a secret itself. */
  readonly isSuspect: boolean;
}

/** Decides whether a name is that of a secret. */
export interface SecretKeys {
  /** All of it at once. */
  of(name: string): NameVerdict;
  /** Whether the value of this name is a secret. */
  isSecret(name: string): boolean;
  /** The same for a number, which is not a secret under `tokenCount` or `sessionTtlMs`. */
  isSecretNumber(name: string): boolean;
  /** Those that were found in strings and are none of a secret. */
  readonly harmless: HarmlessNames;
  /** The same for those that may be one together with the word before them. */
  readonly harmlessAlone: HarmlessNames;
}

/** Options of {@link secretKeys}. */
export interface SecretKeyOptions {
  /** More names; `*` matches anything. */
  readonly keys?: readonly string[] | undefined;
  /** Names that are not secret although they contain a word of the list. */
  readonly allow?: readonly string[] | undefined;
}

/**
 * Recognises names of secrets, in any case and with any separators: `apiKey`, `api_key` and `API-KEY` are one.
 *
 * Names that are a word of the list themselves, and those of `keys`, take precedence over `allow`.
 */
export function secretKeys({ keys = [], allow = [] }: SecretKeyOptions = {}): SecretKeys {
  const own = keys.map(wildcard);
  const allowed = allow.map(wildcard);
  const decide = (name: string): Kind => {
    const normal = normalise(name);
    if (isAlwaysSecret(name) || own.some((pattern) => pattern.test(normal))) return SECRET;
    if (!(WORDS.test(normal) || hasSeparateWord(name)) || allowed.some((pattern) => pattern.test(normal)))
      return HARMLESS;
    return MEASURE.test(normal) ? MEASURED : SECRET;
  };
  const verdictOf = (name: string): NameVerdict => ({
    ...decide(name),
    isSuspect: needsSearch(name),
    name,
  });
  const verdicts = boundedCache(verdictOf, 2_000, LONGEST_NAME);
  return {
    of: verdicts.get,
    harmless: new HarmlessNames(),
    harmlessAlone: new HarmlessNames(),
    isSecret: (name) => verdicts.get(name).isSecret,
    isSecretNumber: (name) => verdicts.get(name).isSecretNumber,
  };
}

type Kind = Omit<NameVerdict, 'name' | 'isSuspect'>;

const SECRET: Kind = { isSecret: true, isSecretNumber: true };
const MEASURED: Kind = { isSecret: true, isSecretNumber: false };
const HARMLESS: Kind = { isSecret: false, isSecretNumber: false };

const NOT_ASCII = /[^\0-\x7f]/;
const startsWithX = lazyPattern(String.raw`^x[^\p{L}\p{N}]`, 'iu');
const BETWEEN_ASCII_WORDS = /[^A-Za-z\d]+|(?<=[a-z\d])(?=[A-Z])/;
const betweenWords = lazyPattern(String.raw`[^\p{L}\p{N}]+|(?<=[a-z\d])(?=[A-Z])`, 'u');
const ASCII_SEPARATORS = /[^a-z\d]+/g;
const separators = lazyPattern(String.raw`[^\p{L}\p{N}]+`, 'gu');

/** Whether a name is secret whatever `allow` says. @param name In any case, with any separators. */
export function isAlwaysSecret(name: string): boolean {
  const normal = normalise(name);
  // Custom headers begin with x-: `x-otp`, `X-Sid`.
  return WHOLE.has(normal) || (WHOLE.has(normal.slice(1)) && startsWithX().test(name));
}

function hasSeparateWord(name: string): boolean {
  const text = cut(name);
  return text
    .split(NOT_ASCII.test(text) ? betweenWords() : BETWEEN_ASCII_WORDS)
    .some((word) => SEPARATE.has(word.toLowerCase()));
}

/** Longer than any name: the end of a string that somebody used as a key. */
const MAX_NAME = 256;

function cut(name: string): string {
  return name.length > MAX_NAME ? name.slice(0, MAX_NAME) : name;
}

function normalise(name: string): string {
  const text = cut(name).toLowerCase();
  return text.replaceAll(NOT_ASCII.test(text) ? separators() : ASCII_SEPARATORS, '');
}

function wildcard(name: string): RegExp {
  return new RegExp(`^${name.split('*').map(normalise).join('.*')}$`);
}
