/** An application that fails to start, in the way its first argument says; logs to the file that LOG_FILE names. */
import 'reflect-metadata';
import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { LoggingModule } from '../../../lib/nest/module/logging.module.js';

const [way = '', style = ''] = process.argv.slice(2);

const config: LoggingConfig = {
  version: 1,
  formatters: { short: { format: '%(levelname)s|%(name)s|%(message)s' } },
  handlers: { file: { class: 'logging.FileHandler', filename: process.env.LOG_FILE, formatter: 'short' } },
  root: { level: 'INFO', handlers: way === 'configuration' ? ['flie'] : ['file'] },
};

@Injectable()
class Early {
  constructor() {
    getLogger('early').info('made');
  }
}

@Injectable()
class Unresolved {
  constructor(@Inject('nothing') readonly nothing: unknown) {}
}

@Injectable()
class Throwing {
  constructor() {
    throw new Error('the constructor threw');
  }
}

@Injectable()
class FailingInit implements OnModuleInit {
  async onModuleInit(): Promise<void> {
    await Promise.resolve();
    throw new Error('onModuleInit threw');
  }
}

@Injectable()
class FailingBootstrap implements OnApplicationBootstrap {
  onApplicationBootstrap(): void {
    throw new Error('onApplicationBootstrap threw');
  }
}

const failing = {
  unresolved: Unresolved,
  constructor: Throwing,
  init: FailingInit,
  bootstrap: FailingBootstrap,
}[way];

@Module({ providers: failing === undefined ? [Early] : [Early, failing] })
class FeatureModule {}

const logging =
  way === 'async'
    ? LoggingModule.forRootAsync({ useFactory: async () => Promise.reject(new Error('no configuration')) })
    : LoggingModule.forRoot(config);

@Module({ imports: style === 'first' ? [logging, FeatureModule] : [FeatureModule, logging] })
class AppModule {}

async function main(): Promise<void> {
  getLogger('main').info('before');
  const app = await NestFactory.create(AppModule, { bufferLogs: style === 'buffered' });
  await app.listen(0);
}

main().catch(() => process.exit(7));
