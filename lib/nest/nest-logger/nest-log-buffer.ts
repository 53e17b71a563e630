import { Logger } from '@nestjs/common';
import { globalSlot } from '../../runtime/global-slot.js';
import { type BufferedCall, bufferedCalls } from '../internals/nest-loggers.js';

const buffer = globalSlot('nest.buffer.1', (): { loggedAt: number | undefined } => ({ loggedAt: undefined }));

/**
 * Makes Nest record the time of the calls that it buffers with `bufferLogs`.
 *
 * Call it before an application is created: its first message comes before it looks at any module.
 */
export function timeBufferedCalls(): void {
  const kept = bufferedCalls();
  if (kept === undefined || Object.hasOwn(kept, 'push')) return;
  // On this array only: Nest makes a new one when it has flushed the calls.
  Object.defineProperty(kept, 'push', {
    configurable: true,
    value: (...calls: BufferedCall[]) => Array.prototype.push.apply(kept, calls.map(timed)),
  });
}

/**
 * Makes Nest flush its buffered calls, and buffer none from here on: what is logged before a configuration is
 * applied is buffered by this package, in order.
 */
export function takeBufferedCalls(): void {
  Logger.flush();
  timeBufferedCalls();
}

/** When the call was made that Nest is flushing, in seconds since 1970; `undefined` for one that is being made. */
export function timeOfBufferedCall(): number | undefined {
  return buffer.loggedAt;
}

function timed(call: BufferedCall): BufferedCall {
  const loggedAt = Date.now() / 1000;
  const { methodRef } = call;
  return {
    ...call,
    methodRef: (...args) => {
      buffer.loggedAt = loggedAt;
      try {
        return methodRef(...args);
      } finally {
        buffer.loggedAt = undefined;
      }
    },
  };
}
