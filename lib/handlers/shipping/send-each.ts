import { type BatchVerdict, type RecordVerdict, retry } from './verdict.js';

/**
 * For destinations that take one record in a request: sends a batch with several requests under way at a time. One that
 * fails holds up neither the others nor their verdicts.
 *
 * Nothing more is sent after as many failures in a row as may be under way, or when the destination asks to wait or
 * refuses everything; the rest is left for the next attempt.
 *
 * @param atOnce The most requests under way.
 * @param send Makes one request; must not reject.
 */
export async function sendEach<T>(
  items: readonly T[],
  atOnce: number,
  send: (item: T) => Promise<BatchVerdict>,
): Promise<BatchVerdict | readonly RecordVerdict[]> {
  const verdicts = new Array<BatchVerdict | undefined>(items.length).fill(undefined);
  let next = 0;
  let failuresInARow = 0;
  let isStopped = false;
  const sendOn = async (): Promise<void> => {
    while (next < items.length && !isStopped) {
      const index = next++;
      const verdict = await send(items[index] as T);
      verdicts[index] = verdict;
      failuresInARow = isSettled(verdict) ? 0 : failuresInARow + 1;
      if (failuresInARow >= atOnce || stops(verdict)) isStopped = true;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendOn));
  const refused = verdicts.find((verdict) => verdict?.outcome === 'refused');
  if (refused !== undefined && !verdicts.some(isSettled)) return refused;
  const failure = verdicts.find((verdict) => verdict?.outcome === 'retry' || verdict?.outcome === 'refused');
  // What was not sent fares like what failed.
  return verdicts.map((verdict = failure ?? retry('not sent yet')) => ofRecord(verdict));
}

/** Whether it is known what became of a record. */
function isSettled(verdict: BatchVerdict | undefined): boolean {
  return verdict !== undefined && verdict.outcome !== 'retry' && verdict.outcome !== 'refused';
}

function stops(verdict: BatchVerdict): boolean {
  return verdict.outcome === 'refused' || (verdict.outcome === 'retry' && (verdict.delayMs ?? 0) > 0);
}

/** The verdict of a request as that of its record, which cannot be halved. */
function ofRecord(verdict: BatchVerdict): RecordVerdict {
  const { outcome } = verdict;
  if (outcome === 'delivered' || outcome === 'rejected' || outcome === 'retry') return verdict;
  return outcome === 'refused' ? retry(verdict.reason) : { outcome: 'rejected', reason: verdict.reason };
}
