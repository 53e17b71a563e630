import { type DynamicModule, Module } from '@nestjs/common';
import { LoggingModule } from 'nestjs-logging';
import { LoggingLiveModule } from 'nestjs-logging/live';
import { AuditModule } from './audit/audit.module.js';
import type { Environment } from './environment.js';
import { JobsModule } from './jobs/jobs.module.js';
import { liveConfig } from './live.config.js';
import { loggingConfig } from './logging.config.js';
import { OrdersModule } from './orders/orders.module.js';

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's way of writing a module with parameters
export class AppModule {
  static for(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // AuditModule: where the audit handler's own dependencies come from.
        LoggingModule.forRoot(loggingConfig(environment), { imports: [AuditModule] }),
        AuditModule,
        OrdersModule,
        JobsModule,
        // Its address is printed as the last line.
        ...(environment.name === 'development' ? [LoggingLiveModule.forRoot(liveConfig(environment))] : []),
      ],
    };
  }
}
