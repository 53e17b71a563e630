import { expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { LoggingStats } from '../../lib/nest/module/logging-stats.provider.js';
import { resetLogging } from '../support/reset-logging.js';

it('the metrics of an application without a configuration name the handler that it has, and no other', async () => {
  const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  @Module({ imports: [LoggingModule.forRoot()] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { bufferLogs: true });
  try {
    getLogger('shop').info('open');
    const text = app.get(LoggingStats).prometheus();
    expect(new Set([...text.matchAll(/handler="([^"]*)"/g)].map(([, name]) => name))).toEqual(
      new Set(['console']),
    );
    expect(text).toMatch(/logging_records_delivered_total\{handler="console"\} [1-9]/);
  } finally {
    await app.close();
    stdout.mockRestore();
    resetLogging();
  }
});
