import { executionAsyncResource } from 'node:async_hooks';
import { globalSlot } from '../../internal/global-slot.js';

interface Kept {
  tick: object | undefined;
}

/**
 * Keeps one of the objects alive that Node makes for `process.nextTick`, so that all of them stay cheap to make.
 *
 * V8 forgets the shape of objects of which a full garbage collection finds none. Those of ticks have computed keys;
 * once their shape was forgotten, V8 makes every further one the slow way, for good: 300 ns instead of 45 for each
 * tick, of which a request has half a dozen. Whether that happens is a matter of luck, the likelier the more there is
 * to collect, as on a server that logs.
 */
export function keepTickShape(): void {
  globalSlot('nest.tick.1', (): Kept => {
    const kept: Kept = { tick: undefined };
    process.nextTick(() => {
      kept.tick = executionAsyncResource();
    });
    return kept;
  });
}
