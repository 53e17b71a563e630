import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { getRootLogger } from '../../lib/core/loggers/manager.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { Recorder } from '../e2e/support/recorder.js';

/** Notes who called while the call is still running. */
class CallerRecorder extends Recorder {
  readonly callers: string[] = [];
  override emit(...[record]: Parameters<Recorder['emit']>): void {
    this.callers.push(record.caller().funcName);
  }
}

describe('the caller of a record', () => {
  const recorder = new CallerRecorder();
  const nestLogger = new NestLogger();
  const previous = (Logger as unknown as { staticInstanceRef: Logger }).staticInstanceRef;
  beforeEach(() => {
    Logger.overrideLogger(nestLogger);
    getRootLogger().addHandler(recorder);
    getRootLogger().setLevel('NOTSET');
  });
  afterEach(() => {
    Logger.overrideLogger(previous);
    getRootLogger().removeHandler(recorder);
    getRootLogger().setLevel('WARNING');
    recorder.callers.length = 0;
  });

  it.each(['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const)(
    'is who called %s, by whichever of the three ways',
    (level) => {
      function application() {
        new Logger('Orders')[level]('through an instance');
        Logger[level]('through the class', 'Orders');
        nestLogger[level]('directly', 'Orders');
      }
      application();
      expect(recorder.callers).toEqual(['application', 'application', 'application']);
    },
  );
});
