import { mayHoldCredential } from './suspect-text.js';

/** Finds secrets by their pattern, and replaces them. */
export interface FormScanner {
  /** A string that every match contains, or every text with one; searched first, because that is cheap. */
  readonly hint: string;
  /** Whether it only matches in what {@link mayHoldCredential} is true of. */
  readonly isOfCredentials?: true;
  readonly pattern: RegExp;
  /** What replaces a match; `undefined` leaves it. */
  replace(match: RegExpExecArray, censor: string): string | undefined;
}

const whole = (_match: RegExpExecArray, censor: string): string => censor;

/** Private keys, from their first line to their last. */
export const privateKeyScanner: FormScanner = {
  hint: 'PRIVATE KEY',
  // Without a last line the text was cut: then to its end.
  pattern:
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----|$)/g,
  replace: whole,
};

/**
 * The patterns of secrets: each takes at most linear time (no start of a match
 * within a word, no open repetition after another).
 */
export const formScanners: readonly FormScanner[] = [
  {
    hint: 'eyJ',
    isOfCredentials: true,
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)+/g,
    replace: whole,
  },
  {
    hint: '@',
    pattern: /:\/\/([^\s/?#@:"'<>\\]{0,256}):(?!\d{1,5}(?:[/?#\s"'\\]|$))([^\s"'<>\\]{1,512})@/g,
    replace: ([, user = ''], censor) => `://${user}:${censor}@`,
  },
  {
    hint: '@',
    // A key in place of a user name: long, with digits.
    pattern: /:\/\/(?=[^\s/?#@:"'<>\\]{0,256}\d)[^\s/?#@:"'<>\\]{16,256}@/g,
    replace: (_match, censor) => `://${censor}@`,
  },
  {
    hint: '',
    isOfCredentials: true,
    pattern: /\b(bearer(?:\s+|%20|\+))(?!["'])([A-Za-z0-9._~+/=$!*:|%-]{3,})/gi,
    replace: ([, scheme, credential = ''], censor) =>
      PROSE.has(credential.toLowerCase().replace(/[.:]+$/, '')) ? undefined : `${scheme}${censor}`,
  },
  {
    hint: '',
    isOfCredentials: true,
    pattern: /\b(basic(?:\s+|%20|\+))([A-Za-z0-9+/_-]{4,}(?:={1,2}|(?:%3D){1,2})?)/gi,
    replace: ([, scheme, credential = ''], censor) =>
      isUserAndPassword(credential) ? `${scheme}${censor}` : undefined,
  },
  {
    hint: '',
    isOfCredentials: true,
    pattern: new RegExp(
      `(?<![A-Za-z0-9_])(?:${[
        'A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Z0-9])', // AWS
        'gh[pousr]_[A-Za-z0-9]{20,}', // GitHub
        'github_pat_[A-Za-z0-9_]{20,}',
        'gl(?:pat|ptt|rt|dt|cbt)-[A-Za-z0-9_-]{16,}', // GitLab
        'xox[abeoprs]-[A-Za-z0-9-]{10,}', // Slack
        'xapp-[A-Za-z0-9-]{10,}',
        '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}', // Stripe
        'whsec_[A-Za-z0-9+/=]{16,}',
        'sk-[A-Za-z0-9_-]{20,}', // OpenAI, Anthropic
        'AIza[A-Za-z0-9_-]{35}', // Google
        'ya29\\.[A-Za-z0-9_-]{20,}',
        'GOCSPX-[A-Za-z0-9_-]{20,}',
        'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}', // SendGrid
        '(?:SK|AC)[0-9a-f]{32}(?![0-9a-f])', // Twilio
        'npm_[A-Za-z0-9]{30,}',
        'pypi-[A-Za-z0-9_-]{30,}',
        'hf_[A-Za-z0-9]{30,}',
        'dop_v1_[a-f0-9]{40,}', // DigitalOcean
        'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}', // Shopify
        'hv[sb]\\.[A-Za-z0-9_-]{20,}', // Vault
        'eyJ[A-Za-z0-9_-]{60,}', // the head of a JWT that was cut
      ].join('|')})`,
      'g',
    ),
    replace: whole,
  },
  {
    // `curl -u user:secret`, also `-sSu`, `--user=…`, in quotes, and as the elements of a list.
    hint: 'curl',
    pattern:
      /((?:^|[\s"'`[,])(?:-[A-Za-z]{0,8}[uU]|--(?:proxy-)?user(?=[\s="']))(?:[ \t]{0,8}=?[ \t]{0,8}|["'],[ \t]{0,8}|[ \t]*\\\r?\n[ \t]*))(?:"([^"\n:]{0,128}):([^"\n]{1,512})"|'([^'\n:]{0,128}):([^'\n]{1,512})'|([^\s:"']{0,128}):([^\s"']{1,512}))/g,
    replace: ([, option, user1, secret1, user2, secret2, user3, secret3], censor) => {
      if (secret1 !== undefined) return `${option}"${user1}:${censor}"`;
      if (secret2 !== undefined) return `${option}'${user2}:${censor}'`;
      return secret3 === undefined ? undefined : `${option}${user3}:${censor}`;
    },
  },
  {
    // HTTPie's `http -a user:secret`.
    hint: 'http',
    pattern:
      /(\b(?:https?|xh)[ \t](?:[^\n]{0,256}?[ \t])??(?:-a|--auth)[ \t=]["']?)([^\s:"']{0,128}):([^\s"']{1,512})/g,
    replace: ([, option, user], censor) => `${option}${user}:${censor}`,
  },
  {
    hint: 'hooks.slack.com',
    isOfCredentials: true,
    pattern: /(hooks\.slack\.com\/(?:services|workflows)\/)[A-Za-z0-9/_-]+/g,
    replace: ([, place], censor) => `${place}${censor}`,
  },
  {
    hint: 'bot',
    pattern: /(\bbot)\d{8,10}:[A-Za-z0-9_-]{30,}/g,
    replace: ([, bot], censor) => `${bot}${censor}`,
  },
];

/** What follows 'bearer' in sentences. */
const PROSE: ReadonlySet<string> = new Set([
  ...[
    'token',
    'tokens',
    'auth',
    'authentication',
    'authorization',
    'authorisation',
    'realm',
    'scheme',
    'header',
  ],
  ...[
    'headers',
    'credential',
    'credentials',
    'format',
    'error',
    'errors',
    'missing',
    'required',
    'invalid',
    'expired',
  ],
  ...[
    'and',
    'not',
    'the',
    'for',
    'from',
    'with',
    'was',
    'but',
    'has',
    'can',
    'should',
    'must',
    'only',
    'strategy',
  ],
  ...[
    'guard',
    'shares',
    'bonds',
    'bond',
    'method',
    'type',
    'prefix',
    'support',
    'is',
    'or',
    'of',
    'in',
    'api',
  ],
]);

/** Whether a string is a credential of `Authorization: Basic`: the Base64 of `user:password`. */
function isUserAndPassword(credential: string): boolean {
  const bytes = Buffer.from(credential.replaceAll('%3D', '='), 'base64').toString('latin1');
  return /^[^\0-\x1f\x7f:]*:[^\0-\x1f\x7f]*$/.test(bytes);
}

/** Replaces what all {@link formScanners} find. */
export function redactForms(text: string, censor: string): string {
  let result = text;
  // Once for all scanners of credentials: each of them takes as long as this.
  let searched: string | undefined;
  let mayHold = true;
  for (const scanner of formScanners) {
    if (scanner.isOfCredentials && searched !== result) {
      mayHold = mayHoldCredential(result);
      searched = result;
    }
    if (mayHold || !scanner.isOfCredentials) result = applyScanner(result, scanner, censor);
  }
  return result;
}

/** Replaces what a scanner finds. */
export function applyScanner(text: string, scanner: FormScanner, censor: string): string {
  if (scanner.hint !== '' && !text.includes(scanner.hint)) return text;
  const { pattern } = scanner;
  pattern.lastIndex = 0;
  let result = '';
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const replaced = scanner.replace(match, censor);
    if (replaced !== undefined) {
      result += text.slice(end, match.index) + replaced;
      end = pattern.lastIndex;
    }
    if (match[0] === '') pattern.lastIndex += 1;
  }
  return end === 0 ? text : result + text.slice(end);
}
