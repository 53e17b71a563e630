import { type BatchVerdict, delivered, type RecordVerdict, rejected, retry } from '../verdict.js';

/** What `PutLogEvents` answers, as far as it is read. */
export interface PutLogEventsAnswer {
  readonly rejectedLogEventsInfo?:
    | {
        /** The first of those that are too new. */
        readonly tooNewLogEventStartIndex?: number | undefined;
        /** The first behind those that are too old. */
        readonly tooOldLogEventEndIndex?: number | undefined;
        /** The first behind those that are older than what the group retains. */
        readonly expiredLogEventEndIndex?: number | undefined;
      }
    | undefined;
}

/** Errors after which the same request may succeed: the service is busy, or what we may do is being renewed. */
const PASSING =
  /^(Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|ServiceUnavailable|Internal|ExpiredToken|RequestExpired|RequestTimeout|OperationAborted|InvalidSequenceToken)/;
/** Errors that say that nothing of ours is taken. */
const REFUSING =
  /^(AccessDenied|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidClientTokenId|OptInRequired|NotAuthorized|ResourceNotFound)/;

/** What an answer says of each of so many events. */
export function answerVerdicts(answer: PutLogEventsAnswer, count: number): readonly RecordVerdict[] {
  const { tooNewLogEventStartIndex, tooOldLogEventEndIndex, expiredLogEventEndIndex } =
    answer.rejectedLogEventsInfo ?? {};
  const tooNewFrom = tooNewLogEventStartIndex ?? count;
  const [expiredBelow, tooOldBelow] = [endOf(expiredLogEventEndIndex), endOf(tooOldLogEventEndIndex)];
  return Array.from({ length: count }, (_, index) => {
    if (index >= tooNewFrom) return rejected('CloudWatch Logs: more than 2 hours in the future');
    if (index < expiredBelow) return rejected('CloudWatch Logs: older than the log group retains');
    return index < tooOldBelow ? rejected('CloudWatch Logs: older than 14 days') : delivered;
  });
}

/** Where there is an end, something is before it, though some imitations of the service give the last index instead. */
function endOf(index: number | undefined): number {
  return index === undefined ? 0 : Math.max(1, index);
}

/** What an error of the AWS SDK means for the events of a request. */
export function errorVerdict(error: unknown): BatchVerdict {
  const name = errorName(error);
  const { message, $metadata } = (error ?? {}) as {
    message?: unknown;
    $metadata?: { httpStatusCode?: unknown };
  };
  const status = Number($metadata?.httpStatusCode) || 0;
  const reason = `CloudWatch Logs: ${name}: ${String(message ?? '')}`;
  if (name === 'DataAlreadyAcceptedException') return delivered;
  if (PASSING.test(name)) return retry(reason);
  if (REFUSING.test(name)) return { outcome: 'refused', reason };
  if (status === 400 || status === 413) return { outcome: 'split', reason, isTooLarge: status === 413 };
  // 429 and 5xx; without a status nobody answered.
  if (status === 0 || status === 429 || status >= 500) return retry(reason);
  return { outcome: 'refused', reason };
}

/** The name that AWS has for an error: `ResourceNotFoundException`. */
export function errorName(error: unknown): string {
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' ? name : 'Error';
}
