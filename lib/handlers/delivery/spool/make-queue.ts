import { BoundedQueue, type BoundedQueueOptions } from '../bounded-queue.js';
import type { DeliveryQueue } from '../delivery-queue.js';
import type { Packing } from '../packed-entries.js';
import type { SpoolSettings } from './spool-options.js';
import { SpoolQueue, type SpoolQueueOptions } from './spool-queue.js';

/** The delivery guarantee of a record: with a spool it arrives once or more often, without one once or not at all. */
export type DeliveryGuarantee = 'at-least-once' | 'at-most-once';

/** The queue that a handler's options ask for: in memory, or with files, which are opened by `open`. */
export function makeQueue<T>(
  options: BoundedQueueOptions & { readonly spool?: SpoolSettings | undefined },
  form: Pick<SpoolQueueOptions<T>, 'kind' | 'encode' | 'decode' | 'failed'> & {
    /** Prepares an item that may wait in memory for long. */
    readonly keep?: (item: T) => T;
    /** Keeps items as bytes where many wait in memory; then the size that each is pushed with has to be exact. */
    readonly packing?: Packing<T> | undefined;
  },
): DeliveryQueue<T> {
  const { spool, maxBytes, maxRecords, overflow } = options;
  if (spool === undefined)
    return new BoundedQueue({ maxBytes, maxRecords, overflow }, form.keep, form.packing);
  return new SpoolQueue({ ...form, spool, maxBytes, maxRecords, overflow });
}
