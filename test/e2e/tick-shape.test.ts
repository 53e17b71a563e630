import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { keepTickShape } from '../../lib/nest/tuning/server-tuning.js';

describe("the shape of Node's ticks", () => {
  it('is kept by keeping one of them, until that is taken back', async () => {
    const undo = keepTickShape();
    await nextTurn();
    // What Node makes of `process.nextTick(callback)`.
    expect(undo.tick).toMatchObject({ callback: expect.any(Function) });
    undo();
    expect(undo.tick).toBeUndefined();
  });

  it('is not kept where that is taken back before the tick', async () => {
    const undo = keepTickShape();
    undo();
    await nextTurn();
    expect(undo.tick).toBeUndefined();
  });
});
