import './tracing.js';
import { NestFactory } from '@nestjs/core';
import { getLogger } from 'nestjs-logging';
import { AppModule } from './app.module.js';
import { readEnvironment } from './environment.js';

const environment = readEnvironment();
// bufferLogs: Nest's first message waits for the configuration, too, and comes out in its format.
const app = await NestFactory.create(AppModule.for(environment), { bufferLogs: true });
// SIGTERM and SIGINT close the application, and with it flush and close the handlers.
app.enableShutdownHooks();
await app.listen(environment.port);
getLogger('shop').info('listening on port %d', environment.port, { environment: environment.name });
