import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { getLogger } from 'nestjs-logging';
import { AppModule } from './app.module.js';
import { readEnvironment } from './environment.js';

async function main(): Promise<void> {
  const environment = readEnvironment();
  mkdirSync(environment.logDir, { recursive: true });
  // bufferLogs: Nest's first message waits for the configuration, too, and comes out in its format.
  const app = await NestFactory.create(AppModule.for(environment), { bufferLogs: true });
  // SIGTERM and SIGINT close the application, and with it flush and close the handlers.
  app.enableShutdownHooks();
  await app.listen(environment.port);
  getLogger('shop').info('listening on port %d', environment.port, {
    extra: { environment: environment.name },
  });
}

main().catch((error: unknown) => {
  // Without a configuration there is no other place to report it.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
