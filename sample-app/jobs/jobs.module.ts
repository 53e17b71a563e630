import { Module } from '@nestjs/common';
import { OrdersModule } from '../orders/orders.module.js';
import { UnpaidOrdersJob } from './unpaid-orders.job.js';

@Module({ imports: [OrdersModule], providers: [UnpaidOrdersJob] })
export class JobsModule {}
