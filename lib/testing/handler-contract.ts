import type { FilterLike } from '../core/filter-like.js';
import type { Formatter } from '../core/formatter.js';
import type { Handler } from '../core/handler.js';
import { setRaiseExceptions } from '../core/last-resort.js';
import type { Level } from '../core/levels.js';
import type { Logger } from '../core/logger.js';
import { getLogger } from '../core/manager.js';
import { arrivalCases } from './handler-contract-arrival.js';
import { endingCases } from './handler-contract-ending.js';
import { safetyCases } from './handler-contract-safety.js';
import { isolateLogging } from './logging-isolation.js';

/** Options that every handler takes, as the contract gives them. */
export interface ContractOptions {
  level?: Level;
  formatter?: Formatter;
  filters?: FilterLike[];
}

/** A handler, as the contract wants to know it. */
export interface HandlerContract<H extends Handler = Handler> {
  /**
   * Makes a handler for one test.
   *
   * @param options To be handed on to the constructor, beside the handler's own.
   */
  create(options: ContractOptions): H | Promise<H>;
  /**
   * All that has arrived at the handler's place, as text; asked after `flush`. Where it arrives later, wait for it
   * here. Left out, nothing is known but that the handler does no harm.
   */
  read?(handler: H): string | Promise<string>;
  /** Puts away what `create` made: servers, folders. The handler is closed by then. */
  cleanUp?(handler: H): void | Promise<void>;
  /**
   * Whether what arrives is what its formatter gives, as lines; default true. Not so for handlers that send records
   * as data, or leave formatting to others.
   */
  usesFormatter?: boolean;
}

/** The functions of a test runner; those of Jest and of Vitest fit. */
export interface ContractRunner {
  /** Groups tests. */
  readonly describe: (name: string, define: () => void) => unknown;
  /** Defines a test. */
  readonly it: (name: string, run: () => Promise<void>) => unknown;
  /** Expects something of a value. */
  readonly expect: ContractExpect;
}

/** What the contract uses of `expect`. */
export type ContractExpect = (actual: unknown) => {
  toBe(expected: unknown): unknown;
  toEqual(expected: unknown): unknown;
  toContain(expected: string): unknown;
  readonly not: { toContain(expected: string): unknown };
};

/** What a test of the contract works with. */
export interface ContractBench {
  readonly expect: ContractExpect;
  /** A logger that lets everything through and has no other handlers. */
  readonly logger: Logger;
  /** What the handlers' `handleError` was called with. */
  readonly faults: unknown[];
  /** Makes a handler and puts it on the logger. */
  make(options?: ContractOptions): Promise<Handler>;
  /** What has arrived, after a flush; empty where it cannot be read. */
  arrived(handler: Handler): Promise<string>;
}

/** One rule of the contract, as a test. */
export interface ContractCase {
  /** A sentence whose subject is the handler. */
  readonly title: string;
  /** What has to be known of the handler for it; `'lines'`: that it writes what its formatter gives. */
  readonly needs?: 'reading' | 'lines';
  readonly run: (bench: ContractBench) => Promise<void>;
}

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
  const faults: unknown[] = [];
  const logger = getLogger('contract');
  logger.setLevel(1);
  // What the tests provoke is not to be printed.
  setRaiseExceptions(false);
  const make = async (options: ContractOptions = {}) => {
    const handler = await contract.create(options);
    handlers.push(handler);
    handler.handleError = (_record, error) => void faults.push(error);
    logger.addHandler(handler);
    return handler;
  };
  const arrived = async (handler: Handler) => {
    await handler.flush();
    return (await contract.read?.(handler as H)) ?? '';
  };
  try {
    await run({ expect, logger, faults, make, arrived });
  } finally {
    for (const handler of handlers) {
      await handler.close();
      await contract.cleanUp?.(handler);
    }
  }
}
