import type { DynamicModule } from '@nestjs/common';
import { LoggingModule } from '../../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../../lib/nest/module/logging-options.js';
import type { Recorder } from './recorder.js';

/** The logging module of an application whose records all go to a recorder. */
export function loggedModule(recorder: Recorder, options: LoggingModuleOptions = {}): DynamicModule {
  return LoggingModule.forRoot(
    {
      version: 1,
      handlers: { recorder: { '()': () => recorder } },
      root: { level: 'DEBUG', handlers: ['recorder'] },
    },
    options,
  );
}
