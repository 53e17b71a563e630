import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { LoggingModule } from '../../lib/nest/logging.module.js';

describe('LoggingModule.forRoot', () => {
  it("keeps one of Node's ticks alive, so that their shape is not forgotten", async () => {
    LoggingModule.forRoot();
    await nextTurn();
    const slot = Symbol.for('nestjs-logging.nest.tick.1');
    const { tick } = (globalThis as unknown as Record<symbol, { tick?: object }>)[slot] ?? {};
    // What Node makes of `process.nextTick(callback)`.
    expect(tick).toMatchObject({ callback: expect.any(Function) });
  });
});
