import { afterEach, expect, it } from '@jest/globals';
import { Logger as NestCommonLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { isBooting } from '../../lib/nest/lifecycle/boot.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { platforms } from '../e2e/support/platforms.js';
import { collectStderr } from '../support/stderr-collector.js';

const previous = (NestCommonLogger as unknown as { staticInstanceRef: NestCommonLogger }).staticInstanceRef;

afterEach(() => {
  NestCommonLogger.overrideLogger(previous);
});

it.each(platforms)('an application in preview mode holds no records back ($name)', async (platform) => {
  const stderr = collectStderr();
  const module = { module: class AppModule {}, imports: [LoggingModule.forRoot()] };
  const app = await NestFactory.create(module, platform.createAdapter(), { preview: true, bufferLogs: true });
  getLogger('shop').warning('before');
  await app.init();
  expect(stderr.text).toMatch(/WARNING nest\.NestApplicationContext: Application is running in the PREVIEW/);
  expect(stderr.text).toMatch(/WARNING shop: before\n/);
  expect(stderr.text).not.toContain('exposes a "configure" method that throws');
  getLogger('shop').warning('after');
  expect(stderr.text).toMatch(/after\n/);
  expect(isBooting()).toBe(false);
  await app.close();
  stderr.stop();
});
