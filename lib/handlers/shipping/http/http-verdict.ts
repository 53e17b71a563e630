import { cutText } from '../../../runtime/cut-text.js';
import type { HttpAnswer } from '../../http/http-request.js';
import type { BatchVerdict } from '../verdict.js';

/** Verdicts that a status can have. */
export type StatusVerdict = 'delivered' | 'retry' | 'rejected' | 'split' | 'refused';

/** What statuses mean: `{ 409: 'delivered', '5xx': 'retry' }`. A status goes before its class. */
export type StatusVerdicts = Readonly<Record<string, StatusVerdict>>;

/** What is known of a failure by its status alone: the server, or what is before it, is busy. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** The same, where the cause may also be the records. */
const PASSING: ReadonlySet<number> = new Set([408, 425]);

/**
 * What a response means for the records of a request, by HTTP alone: 2xx is delivered; 400 and 422 find the bad record
 * by halving; 413 halves what is too large; 429, 502, 503 and 504 are tried again without end, as `Retry-After` says;
 * 408, 425 and other 5xx up to 10 times; all else refuses what is ours.
 *
 * @param origin How the reason names the server.
 * @param verdicts What some statuses mean instead.
 */
export function httpVerdict(
  { status, retryAfterMs, body }: HttpAnswer,
  origin: string,
  verdicts: StatusVerdicts = {},
): BatchVerdict {
  const said = saidIn(body);
  const reason = `${origin} answered ${status}${said === '' ? '' : `: ${said}`}`;
  const outcome = ownVerdict(status, verdicts) ?? verdictOf(status);
  if (outcome === 'delivered') return { outcome };
  if (outcome === 'retry') return { outcome, reason, delayMs: retryAfterMs, isLimited: !BUSY.has(status) };
  if (outcome === 'split') return { outcome, reason, isTooLarge: status === 413 };
  const isRedirect = status >= 300 && status < 400;
  return {
    outcome,
    reason: isRedirect ? `${reason}; redirects are not followed, give the final address` : reason,
  };
}

function ownVerdict(status: number, verdicts: StatusVerdicts): StatusVerdict | undefined {
  for (const key of [String(status), `${Math.floor(status / 100)}xx`])
    if (Object.hasOwn(verdicts, key)) return verdicts[key];
  return undefined;
}

function verdictOf(status: number): StatusVerdict {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 400 || status === 413 || status === 422) return 'split';
  const isRetried = BUSY.has(status) || PASSING.has(status) || (status >= 500 && status !== 501);
  return isRetried ? 'retry' : 'refused';
}

/** Characters of an answer that are shown. */
const MAX_SAID = 300;

/** The beginning of an answer, on one line. */
function saidIn(body: Buffer): string {
  const text = body
    .toString('utf8', 0, 4 * MAX_SAID)
    .replace(/\s+/g, ' ')
    .trim();
  return cutText(text, MAX_SAID);
}
