import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Logger, runInContext } from 'nestjs-logging';
import { OrdersService } from '../orders/orders.service.js';

const intervalMs = 60_000;

/** Looks for unpaid orders, at the start and every minute. */
@Injectable()
export class UnpaidOrdersJob implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #runs = 0;

  constructor(
    @Logger('shop.jobs') private readonly logger: Logger,
    private readonly orders: OrdersService,
  ) {}

  onApplicationBootstrap(): void {
    this.run();
    this.#timer = setInterval(() => this.run(), intervalMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** No request gives a job its context; in one of its own, all that a run logs can be found together. */
  run(): void {
    this.#runs += 1;
    runInContext({ job: 'unpaid-orders', run: this.#runs }, () => {
      const unpaid = this.orders.list().filter((order) => !order.paid);
      this.logger.info('%d unpaid', unpaid.length, { unpaid: unpaid.length });
    });
  }
}
