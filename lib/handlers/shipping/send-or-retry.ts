import { DeliveryFailure } from '../delivery/delivery-failure.js';
import type { Transport } from '../network/transport.js';

/** Sends messages over a stream that answers nothing. What was under way when it broke is sent again: twice is better than never. */
export async function sendOrRetry(transport: Transport, messages: readonly Buffer[]): Promise<void> {
  await transport.open();
  try {
    await transport.send(messages);
  } catch (error) {
    const { message, cause } = error as DeliveryFailure;
    throw new DeliveryFailure(message, 'retry', { cause });
  }
}
