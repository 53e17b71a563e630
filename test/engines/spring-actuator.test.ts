import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithEngines } from './support/engine.js';
import { type SpringActuator, startSpringActuator } from './support/spring-actuator.js';

describeWithEngines(['spring-actuator'], "Spring's actuator", () => {
  let engine: SpringActuator;
  beforeAll(async () => {
    engine = await startSpringActuator({ properties: { 'logging.group.sales': 'shop.orders,shop.carts' } });
  });
  afterAll(() => engine?.stop());

  const set = (configuredLevel: string) =>
    fetch(`${engine.url}/actuator/loggers/shop.orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ configuredLevel }),
    });

  test('sets the level of a logger, until it is started again', async () => {
    expect((await set('DEBUG')).status).toBe(204);
    const { groups, levels, loggers } = await engine.query();
    expect(levels).toEqual(['OFF', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']);
    expect(groups.sales).toEqual({ members: ['shop.orders', 'shop.carts'] });
    expect(loggers['shop.orders']).toEqual({ configuredLevel: 'DEBUG', effectiveLevel: 'DEBUG' });
    await engine.kill();
    await engine.restart();
    expect((await engine.query()).loggers['shop.orders']).toEqual({ effectiveLevel: 'INFO' });
  });
});
