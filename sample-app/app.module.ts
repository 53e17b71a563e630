import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggingModule, loadLoggingConfig } from 'nestjs-logging';
import { LoggingLiveModule } from 'nestjs-logging/live';
import { AuditModule } from './audit/audit.module.js';
import type { Environment } from './environment.js';
import { JobsModule } from './jobs/jobs.module.js';
import { liveConfig } from './live.config.js';
import { OrdersModule } from './orders/orders.module.js';

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's way of writing a module with parameters
export class AppModule {
  static for(environment: Environment): DynamicModule {
    const file = join(import.meta.dirname, 'logging.yaml');
    return {
      module: AppModule,
      imports: [
        LoggingModule.forRootAsync({
          // Where the audit handler's own dependencies come from.
          imports: [AuditModule],
          // watch: a change of the file is applied while the application runs, unless there is an error in it.
          useFactory: () => loadLoggingConfig(file, { environment: environment.logging, watch: true }),
        }),
        AuditModule,
        OrdersModule,
        JobsModule,
        // Its address is printed as the last line.
        ...(environment.name === 'development' ? [LoggingLiveModule.forRoot(liveConfig(environment))] : []),
      ],
    };
  }
}
