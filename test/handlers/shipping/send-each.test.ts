import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { sendEach } from '../../../lib/handlers/shipping/send-each.js';
import { type BatchVerdict, delivered, rejected, retry } from '../../../lib/handlers/shipping/verdict.js';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Sends numbers, and gives back the verdicts with the numbers that were sent. */
async function send(count: number, verdictOf: (n: number) => BatchVerdict, atOnce = 3) {
  const sent: number[] = [];
  const verdicts = await sendEach(numbers(count), atOnce, async (n) => {
    sent.push(n);
    await turn();
    return verdictOf(n);
  });
  return { sent, verdicts };
}

describe('records that are sent one a request', () => {
  it('are under way several at a time, as many as allowed', async () => {
    let now = 0;
    let most = 0;
    const verdicts = await sendEach(numbers(20), 4, async () => {
      now += 1;
      most = Math.max(most, now);
      await turn();
      now -= 1;
      return delivered;
    });
    expect(most).toBe(4);
    expect(verdicts).toEqual(numbers(20).map(() => delivered));
  });

  it('have each its own verdict: one that fails holds up no other', async () => {
    const fails = retry('busy');
    const { sent, verdicts } = await send(20, (n) => (n % 4 === 0 ? fails : delivered));
    expect(sent).toEqual(numbers(20));
    expect(verdicts).toEqual(numbers(20).map((n) => (n % 4 === 0 ? fails : delivered)));
  });

  it('are not all tried with a destination that fails each time', async () => {
    const { sent, verdicts } = await send(20, () => retry('away'));
    expect(sent.length).toBeLessThanOrEqual(5);
    expect(verdicts).toEqual(numbers(20).map(() => retry('away')));
  });

  it('wait when the destination asks for it', async () => {
    const asked = retry('slower', { delayMs: 1_000 });
    const { sent, verdicts } = await send(20, (n) => (n === 5 ? asked : delivered), 1);
    expect(sent).toEqual(numbers(6));
    expect(verdicts).toEqual(numbers(20).map((n) => (n < 5 ? delivered : asked)));
  });

  it('are refused together, unless some got through', async () => {
    const refused: BatchVerdict = { outcome: 'refused', reason: 'no key' };
    expect((await send(20, () => refused)).verdicts).toBe(refused);
    const { verdicts } = await send(4, (n) => (n === 1 ? refused : delivered), 1);
    expect(verdicts).toEqual([delivered, ...[1, 2, 3].map(() => retry('no key'))]);
  });

  it('are rejected alone where a batch would be halved', async () => {
    const { verdicts } = await send(3, (n) => (n === 1 ? { outcome: 'split', reason: 'bad' } : delivered));
    expect(verdicts).toEqual([delivered, rejected('bad'), delivered]);
  });
});
