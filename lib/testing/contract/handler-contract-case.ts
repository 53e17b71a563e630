import type { FilterLike } from '../../core/filter-like.js';
import type { Formatter } from '../../core/formatting/formatter.js';
import type { Handler } from '../../core/handler.js';
import type { Level } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';

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
   * @param options To be passed to the constructor, with the handler's own.
   */
  create(options: ContractOptions): H | Promise<H>;
  /**
   * All that has arrived at the handler's destination, as text; called after `flush`. Where it arrives later, wait for
   * it here. Left out, nothing is known but that the handler does no harm.
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
  readonly errors: unknown[];
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
