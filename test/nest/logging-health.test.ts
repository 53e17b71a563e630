import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { Handler } from '../../lib/core/handler.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { LoggingHealthIndicator } from '../../lib/nest/module/logging-health.indicator.js';
import { LoggingStats } from '../../lib/nest/module/logging-stats.provider.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';

/** Counts what the test says. */
class Queue extends Handler {
  stats = { emitted: 0, delivered: 0, queued: 0, dropped: 0, droppedBy: {} as Record<string, number> };
  emit(): void {}
  lose(count: number): void {
    const dropped = this.stats.dropped + count;
    this.stats = { ...this.stats, emitted: dropped, dropped, droppedBy: { overflow: dropped } };
  }
}

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly logging: LoggingHealthIndicator,
    private readonly stats: LoggingStats,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.logging.isHealthy('logging', { maxQueued: 10, windowMs: 200 })]);
  }

  @Get('stats')
  all() {
    return this.stats.get();
  }
}

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [LoggingHealthIndicator, LoggingStats],
})
class AppModule {}

let isolation: LoggingIsolation;
let app: INestApplication;
let queue: Queue;
beforeEach(async () => {
  isolation = isolateLogging();
  queue = new Queue();
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication({ logger: false });
  await app.init();
});
afterEach(async () => {
  await app.close();
  await isolation.restore();
});

const health = () => request(app.getHttpServer()).get('/health');

describe('the health of logging', () => {
  it('is up while records get away', async () => {
    const { status, body } = await health();
    expect(status).toBe(200);
    expect(body.details).toEqual({ logging: { status: 'up', queued: 0, spooled: 0, lost: 0 } });
  });

  it('is down while too many wait', async () => {
    queue.stats = { ...queue.stats, emitted: 11, queued: 11 };
    const { status, body } = await health();
    expect(status).toBe(503);
    expect(body.error.logging).toMatchObject({ status: 'down', queued: 11 });
    queue.stats = { ...queue.stats, delivered: 11, queued: 0 };
    expect((await health()).status).toBe(200);
  });

  it('is down for a while after a loss', async () => {
    expect((await health()).status).toBe(200);
    queue.lose(3);
    const { status, body } = await health();
    expect([status, body.error.logging.lost]).toEqual([503, 3]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await health()).status).toBe(200);
    queue.lose(1);
    expect((await health()).body.error.logging.lost).toBe(1);
  });

  it('counts for each check in its own window', async () => {
    const indicator = app.get(LoggingHealthIndicator);
    const lost = (windowMs: number) => indicator.isHealthy('logging', { windowMs }).logging.lost;
    expect([lost(50), lost(60_000)]).toEqual([0, 0]);
    queue.lose(3);
    expect([lost(50), lost(60_000)]).toEqual([3, 3]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The short window has forgotten it, the long one has not, whichever is asked first and however often.
    expect([lost(50), lost(50), lost(60_000), lost(50), lost(60_000)]).toEqual([0, 0, 3, 0, 3]);
    queue.lose(1);
    expect([lost(60_000), lost(50)]).toEqual([4, 1]);
    // Windows made up anew each time fill no memory, and take nothing from the others that are asked.
    for (let windowMs = 1_000; windowMs < 1_200; windowMs += 1)
      expect([lost(windowMs), lost(60_000)][1]).toBe(4);
  });

  it('does not mind a record that cannot be formatted', async () => {
    class Picky extends Handler {
      emit(): void {
        throw new Error('picky');
      }
      override handleError(): void {}
    }
    new Picky().handle(new LogRecord({ msg: 'm' }));
    expect((await health()).status).toBe(200);
  });
});

describe('the provider LoggingStats', () => {
  it('reports what became of records', async () => {
    queue.lose(2);
    const { body } = await request(app.getHttpServer()).get('/health/stats');
    expect(body).toMatchObject({
      emitted: 2,
      dropped: 2,
      droppedBy: { overflow: 2 },
      handlers: [{ type: 'Queue' }],
    });
    const stats = app.get(LoggingStats);
    expect(stats.prometheus()).toContain(
      'logging_records_dropped_total{handler="Queue",reason="overflow"} 2',
    );
    expect(Array.isArray(stats.errors())).toBe(true);
    expect(typeof stats.onError(() => {})).toBe('function');
  });
});
