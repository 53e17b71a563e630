import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, UseGuards } from '@nestjs/common';
import { ApiKeyGuard } from './api-key.guard.js';
import { type Order, OrdersService } from './orders.service.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(): readonly Order[] {
    return this.orders.list();
  }

  /** Fails, with a cause: the log has both tracebacks, the client only learns that it was a 500. */
  @Get('report')
  report(): never {
    return this.orders.report();
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number): Order {
    return this.orders.find(id);
  }

  /** Without the key `x-api-key: sample` the guard refuses: 403. */
  @Post()
  @UseGuards(ApiKeyGuard)
  place(@Body() body: { item?: string; quantity?: number }): Order {
    return this.orders.place(body?.item ?? 'tea', body?.quantity ?? 1);
  }

  @Post(':id/payment')
  @HttpCode(200)
  pay(@Param('id', ParseIntPipe) id: number, @Body() body: { card?: string }): Promise<Order> {
    return this.orders.pay(id, body?.card ?? '');
  }
}
