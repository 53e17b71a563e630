import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { getContext } from '../../lib/context/context.js';
import type { Fields } from '../../lib/core/records/log-record.js';
import { WithContext } from '../../lib/nest/module/with-context.decorator.js';
import { collectStderr } from '../support/stderr-collector.js';

/** What a method sees whose fields come from a function, and what is reported. */
function run(fields: (order: { id?: number }) => Fields, order: object = {}) {
  class Jobs {
    @WithContext(fields)
    pay(_order: object): Fields | undefined {
      return getContext();
    }
  }
  const stderr = collectStderr();
  const seen = new Jobs().pay(order);
  return { seen, reported: stderr.stop() };
}

describe('a method with a context whose fields come from a function', () => {
  it('has them', () => {
    const { seen, reported } = run(({ id }) => ({ order: id }), { id: 7 });
    expect(seen).toEqual({ order: 7, request_id: expect.any(String) });
    expect(reported).toBe('');
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no order');
      },
      'Error: no order',
    ],
    ['gives nothing', () => undefined, 'WithContext: expected a synchronous object of fields, got nothing'],
    ['gives a text', () => 'seven', 'WithContext: expected a synchronous object of fields, got string'],
    [
      'promises them',
      async () => ({ order: 7 }),
      'WithContext: expected a synchronous object of fields, got a promise',
    ],
  ])('runs without them where that %s, and says so', (_what, fields, message) => {
    const { seen, reported } = run(fields as () => Fields);
    expect(seen).toEqual({ request_id: expect.any(String) });
    expect(reported).toContain(message);
  });
});
