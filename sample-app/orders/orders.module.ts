import { Module } from '@nestjs/common';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { PaymentGateway } from './payment-gateway.js';

@Module({
  controllers: [OrdersController],
  providers: [OrdersService, PaymentGateway],
  exports: [OrdersService],
})
export class OrdersModule {}
