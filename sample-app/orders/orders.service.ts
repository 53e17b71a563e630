import { HttpException, HttpStatus, Injectable, NotFoundException } from '@nestjs/common';
import { Logger } from 'nestjs-logging';
import { PaymentGateway } from './payment-gateway.js';

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly quantity: number;
  paid: boolean;
}

@Injectable()
export class OrdersService {
  readonly #orders: Order[] = [{ id: 1, item: 'coffee', quantity: 2, paid: false }];
  /** `shop.orders.payment`: its level and handlers can be set apart from those of the rest. */
  readonly #payments: Logger;

  constructor(
    @Logger('shop.orders') private readonly logger: Logger,
    private readonly gateway: PaymentGateway,
  ) {
    this.#payments = logger.getChild('payment');
  }

  list(): readonly Order[] {
    this.logger.debug('%d orders', this.#orders.length);
    return this.#orders;
  }

  find(id: number): Order {
    const order = this.#orders.find((candidate) => candidate.id === id);
    if (order === undefined) throw new NotFoundException(`There is no order ${id}`);
    return order;
  }

  place(item: string, quantity: number): Order {
    const order: Order = { id: this.#orders.length + 1, item, quantity, paid: false };
    this.#orders.push(order);
    // The message is for people; what machines look for goes into fields, under the same names everywhere.
    this.logger.info('order %d placed', order.id, { order: order.id, item, quantity });
    if (quantity > 100)
      this.logger.warning('order %d is unusually large', order.id, { order: order.id, quantity });
    return order;
  }

  async pay(id: number, card: string): Promise<Order> {
    const order = this.find(id);
    try {
      await this.gateway.charge(order.id, card);
    } catch (error) {
      // Logged where it is known what it means; the client gets an answer that it can act on.
      this.#payments.exception('payment of order %d failed', order.id, error, { order: order.id });
      throw new HttpException('The payment was declined', HttpStatus.PAYMENT_REQUIRED);
    }
    order.paid = true;
    // The card does not come out: the filter `secrets` of logging.yaml knows its name.
    this.#payments.info('order %d paid', order.id, { order: order.id, card });
    return order;
  }

  report(): never {
    // Nothing is logged here: an uncaught error is logged once, by the module, with all of its causes.
    throw new Error('The report could not be made', { cause: new Error('The warehouse does not answer') });
  }
}
