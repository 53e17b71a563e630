import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { LogCapture, LoggingTestingModule, loggingMatchers } from 'nestjs-logging/testing';
import { OrdersService } from './orders.service.js';
import { PaymentGateway } from './payment-gateway.js';

expect.extend(loggingMatchers);

describe('OrdersService', () => {
  let moduleRef: TestingModule;
  let orders: OrdersService;
  let logs: LogCapture;

  // LoggingTestingModule stands in for LoggingModule: it captures what is logged, and prints nothing.
  beforeEach(async () => {
    moduleRef = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot()],
      providers: [OrdersService, PaymentGateway],
    }).compile();
    orders = moduleRef.get(OrdersService);
    logs = moduleRef.get(LogCapture);
  });
  afterEach(() => moduleRef.close());

  it('warns of an unusually large order', () => {
    orders.place('tea', 200);
    expect(logs).toHaveLogged('WARNING', /unusually large/, { extra: { quantity: 200 } });
  });

  it('logs a declined payment once, with what the gateway threw', async () => {
    await expect(orders.pay(1, '')).rejects.toThrow('The payment was declined');
    expect(logs).toHaveLogged({ level: 'ERROR', name: 'shop.orders.payment', times: 1 });
    expect(logs).toHaveLoggedException('No card was given for order 1');
  });

  it('does not call an ordinary order anything but placed', () => {
    orders.place('tea', 1);
    expect('shop').toHaveLoggedNothing('WARNING');
  });
});
