import { LoggingError } from '../core/errors.js';
import { escapeControls } from '../core/formatting/sanitize.js';
import type { Level } from '../core/levels.js';
import { writeStderr } from '../runtime/std-streams.js';
import { LogCapture } from './log-capture.js';

/** The hooks of a test runner. */
export interface TestHooks {
  /** Runs a function before each test. */
  readonly beforeEach: (hook: (...args: unknown[]) => void) => unknown;
  /** Runs a function after each test. */
  readonly afterEach: (hook: (...args: unknown[]) => void) => unknown;
}

/** Options of {@link printLogsOfFailingTests}. */
export interface FailingTestLogsOptions {
  /** Records below it are not printed; given, loggers are lowered to it. Default: what is enabled anyway. */
  level?: Level | undefined;
  /** Takes the text; default standard error. */
  print?: ((text: string) => void) | undefined;
}

/**
 * Keeps the records of each test and prints them if it fails; nothing is printed for tests that pass. Call it in a
 * file that the runner loads before the tests (Jest: `setupFilesAfterEnv`, Vitest: `setupFiles`).
 *
 * What the application's own handlers print is theirs: leave console handlers out of the configuration of tests.
 *
 * @param hooks `{ beforeEach, afterEach }` of `@jest/globals` or of `vitest`.
 * @throws {LoggingError} `ERR_LOGGING_ARGUMENT`, after the first test, under a runner that does not report whether a
 * test failed: others than Jest (with jest-circus, its default) and Vitest.
 * @example
 * import { afterEach, beforeEach } from '@jest/globals';
 * printLogsOfFailingTests({ beforeEach, afterEach });
 */
export function printLogsOfFailingTests(hooks: TestHooks, options: FailingTestLogsOptions = {}): void {
  const { level, print = writeStderr } = options;
  let capture: LogCapture | undefined;
  hooks.beforeEach(() => {
    capture = new LogCapture({ level, keepsLevel: level === undefined });
  });
  // Rest parameters: Jest takes a declared one for a callback to wait for.
  hooks.afterEach((...args: unknown[]) => {
    capture?.stop();
    const test = readTest(args[0]);
    if (test.hasFailed && capture !== undefined && capture.records.length > 0)
      print(section(test.name, capture));
    capture = undefined;
  });
}

function section(name: string, { text }: LogCapture): string {
  return escapeControls(
    `\nLogged by the failing test '${name}':\n${text.replace(/^(?=.)/gm, '  ')}\n`,
    false,
  );
}

interface FinishedTest {
  readonly name: string;
  readonly hasFailed: boolean;
}

/** The runner's result of the test that has just ended: Vitest to the hook, Jest in the state it keeps. */
function readTest(context: unknown): FinishedTest {
  const task = (context as VitestContext | undefined)?.task;
  if (task !== undefined) return { name: task.name, hasFailed: task.result?.state === 'fail' };
  const test = jestState()?.currentlyRunningTest;
  if (test !== undefined && test !== null) return { name: test.name, hasFailed: test.errors.length > 0 };
  throw new LoggingError(
    'ERR_LOGGING_ARGUMENT',
    'printLogsOfFailingTests: this test runner does not report which tests fail; use Vitest, or Jest with jest-circus',
  );
}

interface VitestContext {
  readonly task?: { readonly name: string; readonly result?: { readonly state?: string } };
}

interface JestState {
  readonly currentlyRunningTest?: { readonly name: string; readonly errors: readonly unknown[] } | null;
}

/** The state jest-circus keeps for its own copies; Jest passes nothing like it to hooks. */
function jestState(): JestState | undefined {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  );
  return symbol === undefined ? undefined : (globalThis as unknown as Record<symbol, JestState>)[symbol];
}
