import type { Handler } from '../../core/handler.js';
import { setRaiseExceptions } from '../../core/last-resort.js';
import { getLogger } from '../../core/loggers/manager.js';
import { isolateLogging } from '../logging-isolation.js';
import { arrivalCases } from './handler-contract-arrival.js';
import type {
  ContractCase,
  ContractExpect,
  ContractOptions,
  ContractRunner,
  HandlerContract,
} from './handler-contract-case.js';
import { endingCases } from './handler-contract-ending.js';
import { safetyCases } from './handler-contract-safety.js';

/**
 * Defines the tests that every handler has to pass: records arrive once and in order, as level, filters and formatter
 * say; nothing that happens in it reaches the log call, whatever is logged; `flush` and `close` may be called at any
 * time. Each test has a logging of its own.
 *
 * @param name The handler's name.
 * @example
 * describeHandlerContract('AuditHandler', {
 *   create: (options) => new AuditHandler({ ...options, table: new FakeTable() }),
 *   read: (handler) => handler.table.rows.join('\n'),
 * }, { describe, it, expect });
 */
export function describeHandlerContract<H extends Handler>(
  name: string,
  contract: HandlerContract<H>,
  { describe, it, expect }: ContractRunner,
): void {
  describe(`${name}, as any handler,`, () => {
    for (const { title, needs, run } of [...arrivalCases, ...safetyCases, ...endingCases]) {
      if (needs !== undefined && contract.read === undefined) continue;
      if (needs === 'lines' && contract.usesFormatter === false) continue;
      it(title, () => isolateLogging(() => runCase(run, contract, expect)));
    }
  });
}

async function runCase<H extends Handler>(
  run: ContractCase['run'],
  contract: HandlerContract<H>,
  expect: ContractExpect,
): Promise<void> {
  const handlers: H[] = [];
  const errors: unknown[] = [];
  const logger = getLogger('contract');
  logger.setLevel(1);
  // What the tests provoke is not to be printed.
  setRaiseExceptions(false);
  const make = async (options: ContractOptions = {}) => {
    const handler = await contract.create(options);
    handlers.push(handler);
    handler.handleError = (_record, error) => void errors.push(error);
    logger.addHandler(handler);
    return handler;
  };
  const arrived = async (handler: Handler) => {
    await handler.flush();
    return (await contract.read?.(handler as H)) ?? '';
  };
  try {
    await run({ expect, logger, errors, make, arrived });
  } finally {
    for (const handler of handlers) {
      await handler.close();
      await contract.cleanUp?.(handler);
    }
  }
}
