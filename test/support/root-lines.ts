import { beforeEach } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { ListHandler } from './list-handler.js';
import { resetLogging } from './reset-logging.js';

/** What the root logger's handler of a test got. */
export interface RootLines {
  readonly handler: ListHandler;
  /** `name LEVEL message` of each record. */
  readonly lines: readonly string[];
}

/** Fresh logging for each test of a file, at level DEBUG, with a handler on the root that keeps its lines. */
export function useRootLines(): RootLines {
  let handler: ListHandler;
  beforeEach(() => {
    resetLogging();
    handler = new ListHandler({ formatter: new Formatter({ format: '%(name)s %(levelname)s %(message)s' }) });
    getLogger().setLevel('DEBUG');
    getLogger().addHandler(handler);
  });
  return {
    get handler() {
      return handler;
    },
    get lines() {
      return handler.lines;
    },
  };
}
