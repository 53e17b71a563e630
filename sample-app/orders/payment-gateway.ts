import { Injectable } from '@nestjs/common';

/** Stands in for a payment provider. */
@Injectable()
export class PaymentGateway {
  async charge(order: number, card: string): Promise<void> {
    if (card === '') throw new Error(`No card was given for order ${order}`);
  }
}
