import type { LogOptions } from '../../lib/core/calls/call-options.js';

/** What is logged: a message, its arguments, and options. */
export type Logged = readonly [msg: unknown, ...args: unknown[]];

/** A place where a secret ends up in a log call. */
export type Placement = (secret: string) => Logged;

const extra = (fields: Record<string, unknown>): LogOptions => ({ extra: fields });

class Account {
  readonly #password: string;
  constructor(
    readonly name: string,
    password: string,
  ) {
    this.#password = password;
  }
  toJSON() {
    return { name: this.name, passwordHash: this.#password };
  }
  toString() {
    return `Account(name=${this.name}, password=${this.#password})`;
  }
}

class Settings {
  constructor(readonly dbPassword: string) {}
}

class RequestFailed extends Error {
  constructor(
    message: string,
    readonly config: object,
  ) {
    super(message);
  }
}

const cycle = (secret: string) => {
  const object: Record<string, unknown> = { name: 'cycle' };
  object.inner = { object, client_secret: secret };
  return object;
};

const json = (secret: string) => JSON.stringify(secret);

/** Places for any secret, spaces and quotes included. */
export const anyPlacements: Readonly<Record<string, Placement>> = {
  'a field': (secret) => ['login', extra({ password: secret })],
  'a field in capitals': (secret) => ['login', extra({ PASSWORD: secret })],
  'a field with separators': (secret) => ['login', extra({ 'X-API-KEY': secret })],
  'a field in camel case': (secret) => ['login', extra({ userAccessToken: secret })],
  'a field deep down': (secret) => ['login', extra({ a: { b: { c: { d: [{ api_key: secret }] } } } })],
  'a field with an object below': (secret) => [
    'login',
    extra({ credentials: { user: 'ada', value: secret } }),
  ],
  'an array below a field': (secret) => ['login', extra({ tokens_issued_secret: [secret, secret] })],
  headers: (secret) => ['request', extra({ headers: { authorization: secret, cookie: `sid=${secret}` } })],
  'an instance of Headers': (secret) => [
    'request',
    extra({ sent: new Headers({ authorization: encodeURIComponent(secret) }) }),
  ],
  'raw headers': (secret) => [
    'request',
    extra({ rawHeaders: ['Host', 'example.com', 'Authorization', secret] }),
  ],
  'a list of names and values': (secret) => ['form', extra({ form: [{ name: 'password', value: secret }] })],
  'a Map': (secret) => ['login', extra({ session: 1, store: new Map([['refresh-token', secret]]) })],
  'a Map in a Set': (secret) => ['login', extra({ all: new Set([new Map([['pwd', { secret }]])]) })],
  'a class instance': (secret) => ['started', extra({ settings: new Settings(secret) })],
  'a getter': (secret) => [
    'login',
    extra({ user: Object.defineProperty({}, 'passwd', { enumerable: true, get: () => secret }) }),
  ],
  'a proxy': (secret) => ['login', extra({ user: new Proxy({ passphrase: secret }, {}) })],
  'a cycle': (secret) => ['login', extra({ cycle: cycle(secret) })],
  'an argument object': (secret) => ['login %s %s', { user: 'ada', private_key: secret }, 1],
  'a mapping': (secret) => ['login of %(user)s', { user: 'ada', password: secret }],
  'a mapping that is printed': (secret) => ['login with %(password)s', { user: 'ada', password: secret }],
  'an object as the message': (secret) => [{ event: 'login', auth: { jwt: secret } }],
  'a named argument': (secret) => ['password=%s', secret],
  'a named argument in a sentence': (secret) => ['the password is %s', secret],
  'a name that is an argument': (secret) => [
    '%s: "%s"',
    'apiKey',
    secret.replaceAll('"', '_').replaceAll('\\', '_'),
  ],
  'a message that does not fit': (secret) => ['token=%s and %s', secret],
  'a JSON message': (secret) => [`{"user":"ada","password":${json(secret)}}`],
  'JSON in a message': (secret) => [`answered {"data":{"access_token":${json(secret)}}} in 5 ms`],
  'JSON in JSON': (secret) => [
    'sent',
    extra({ body: JSON.stringify({ inner: JSON.stringify({ secret, a: 1 }) }) }),
  ],
  'JSON in JSON in a message': (secret) => [
    `body: ${JSON.stringify({ inner: JSON.stringify({ secret, a: 1 }) })} end`,
  ],
  'JSON in an argument': (secret) => ['sent %s', JSON.stringify([{ header: 'x-api-key', value: secret }])],
  'an own field of an error': (secret) => [
    'failed',
    new RequestFailed('401', { headers: { Authorization: secret } }),
  ],
  'a field of an error in a field': (secret) => [
    'failed',
    extra({ err: new RequestFailed('401', { token: secret }) }),
  ],
  'a cause': (secret) => ['failed', new Error('outer', { cause: new Error(`secret: ${json(secret)}`) })],
  'a member': (secret) => ['failed', new AggregateError([new Error(`{"pwd":${json(secret)}}`)], 'many')],
  'a session': (secret) => ['login', extra({ req: { session: { id: secret, data: { cart: secret } } } })],
};

/** Places for secrets without blanks, quotes and the like, as they stand in texts. */
export const textPlacements: Readonly<Record<string, Placement>> = {
  'the message': (secret) => [`login with password=${secret}`],
  'the message with a colon': (secret) => [`api key: ${secret}`],
  'a query': (secret) => [`GET /orders?access_token=${secret}&page=2 200`],
  'a query in a field': (secret) => ['request', extra({ url: `/callback?code=1&client_secret=${secret}` })],
  'an encoded query': (secret) => [`GET /login?next=%2Fa%3Ftoken%3D${encodeURIComponent(secret)}`],
  'a URL': (secret) => [`connecting to postgres://ada:${secret}@db.example.com:5432/shop`],
  'a URL object': (secret) => [
    'request',
    extra({ url: new URL(`https://ada:${encodeURIComponent(secret)}@example.com/`) }),
  ],
  'a bearer': (secret) => [`sent Bearer ${secret} to the gateway`],
  'a header line': (secret) => [`> Authorization: Bearer ${secret}\n> Accept: */*`],
  cookies: (secret) => [`Cookie: theme=dark; sid=${secret}; lang=en`],
  'basic credentials': (secret) => [
    `Basic ${Buffer.from(`ada:${secret}`).toString('base64')} ${''}`,
    extra({ note: secret.length }),
  ],
  'an object text': (secret) => [`user { id: 7, password: '${secret}' } saved`],
  'a Python text': (secret) => [`{'user': 'ada', 'api_key': '${secret}'}`],
  'an option': (secret) => [`run: mysqldump --password ${secret} shop`],
  'arguments of a program': (secret) => ['spawned', extra({ argv: ['psql', '--password', secret] })],
  XML: (secret) => [`<login><user>ada</user><password>${secret}</password></login>`],
  YAML: (secret) => [`db:\n  user: ada\n  password: ${secret}\n  port: 5432`],
  'a connection string': (secret) => [`Server=db;User Id=ada;Password=${secret};Encrypt=true`],
  'a form': (secret) => ['posted', extra({ body: `user=ada&user%5Bpassword%5D=${secret}&ok=1` })],
  'an environment': (secret) => [`env: NODE_ENV=production STRIPE_SECRET_KEY=${secret} PORT=3000`],
  "an error's message": (secret) => ['failed', new Error(`401 for token=${secret}`)],
  "an error's stack": (secret) => [new TypeError(`cannot use apiKey '${secret}'`)],
  'a buffer': (secret) => ['received', extra({ chunk: Buffer.from(`password=${secret}&a=1`) })],
  'scheme and credential as arguments': (secret) => ['Authorization: %s %s', 'Bearer', secret],
  'a text of its own': (secret) => ['saved %s', new Account('ada', secret)],
  'a toJSON of its own': (secret) => ['saved', extra({ account: new Account('ada', secret) })],
  'a long text': (secret) => [`${'x'.repeat(65_400)} token=${secret}${'y'.repeat(30_000)}`],
};

/** Numbers that look random and are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const ALPHABETS = [
  'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789',
  '0123456789abcdef',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  'abcdefghijklmnopqrstuvwxyz0123456789!$*+.~',
] as const;

/** Secrets without blanks and quotes, 10 to 40 characters long. */
export function plainSecrets(count: number): string[] {
  const random = seeded(7);
  return Array.from({ length: count }, (_, index) => {
    const alphabet = ALPHABETS[index % ALPHABETS.length] as string;
    const length = 10 + Math.floor(random() * 30);
    const pick = () => alphabet[Math.floor(random() * alphabet.length)];
    // What ends a sentence may end a secret, but nobody can know.
    return `${Array.from({ length }, pick).join('')}9z`;
  });
}

/** The same with anything a keyboard has. */
export function wildSecrets(count: number): string[] {
  const random = seeded(11);
  return plainSecrets(count).map((secret, index) => {
    const wild = [' ', '"', "'", '\\', '<&>', '@', ';', ',', '}', 'é', '%'][index % 11] as string;
    const at = 3 + Math.floor(random() * 5);
    return secret.slice(0, at) + wild + secret.slice(at);
  });
}
