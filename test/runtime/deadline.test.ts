import { describe, expect, it } from '@jest/globals';
import { answerInTime, orAborted, waitAtMost, withDeadline } from '../../lib/runtime/deadline.js';

const never = () => new Promise<never>(() => undefined);

describe('withDeadline', () => {
  it('gives the result of what is done in time', async () => {
    expect(await withDeadline(Promise.resolve('done'), 5_000, () => 'late')).toBe('done');
    await expect(withDeadline(Promise.reject(new Error('broke')), 5_000, () => 'late')).rejects.toThrow(
      'broke',
    );
  });

  it('gives what `late` returns, or throws what it throws, when the time is up', async () => {
    expect(await withDeadline(never(), 5, () => 'late')).toBe('late');
    const late = () => {
      throw new Error('too late');
    };
    await expect(withDeadline(never(), 5, late)).rejects.toThrow('too late');
  });

  it('leaves no rejection unhandled that comes after the deadline', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    let fail: (reason: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    expect(await withDeadline(work, 5, () => 'late')).toBe('late');
    fail(new Error('after the deadline'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('waitAtMost', () => {
  it('waits for what is done in time, and passes its error on', async () => {
    await expect(waitAtMost(5_000, Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    await expect(waitAtMost(5, never())).resolves.toBeUndefined();
  });
});

describe('answerInTime', () => {
  it('aborts the signal of a question that is not answered', async () => {
    let signal: AbortSignal | undefined;
    const ask = (given: AbortSignal) => {
      signal = given;
      return never();
    };
    await expect(answerInTime(ask, new AbortController().signal, 5)).rejects.toThrow('no answer within 5 ms');
    expect(signal?.aborted).toBe(true);
  });

  it('aborts the signal with the outer one', async () => {
    const outer = new AbortController();
    let signal: AbortSignal | undefined;
    const answer = answerInTime(
      (given) => {
        signal = given;
        return orAborted(never(), given);
      },
      outer.signal,
      5_000,
    );
    outer.abort(new Error('closed'));
    await expect(answer).rejects.toThrow('closed');
    expect(signal?.aborted).toBe(true);
  });
});

describe('orAborted', () => {
  it('rejects with the reason of a signal that was aborted before', async () => {
    await expect(orAborted(never(), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});
