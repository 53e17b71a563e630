import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCall } from '../../lib/core/calls/call-arguments.js';
import { addFields } from '../../lib/core/calls/call-options.js';
import { findLevel } from '../../lib/core/levels.js';
import {
  addLevelName,
  basicConfig,
  dictConfig,
  disable,
  type Fields,
  getHandlerByName,
  getHandlerNames,
  getLevelName,
  getLogger,
  type Logger,
  LoggerAdapter,
  type LoggingConfig,
  type LoggingError,
  shutdown,
} from '../../lib/core.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

/** One step of a recorded case; which keys it has depends on `op`. */
export interface Step {
  readonly op: string;
  readonly [key: string]: unknown;
}

/** A recorded case: what was done, and what CPython gave. */
export interface StepsCase {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly want: Outcome;
}

/** What a case gave: answers, final files (null: not compared), and failures reported on standard error. */
export interface Outcome {
  readonly values: readonly unknown[];
  readonly files: Readonly<Record<string, string>> | null;
  readonly logging_errors: number;
}

/** The cases of a suite. */
export function readCases(suite: string): StepsCase[] {
  const text = readFileSync(new URL(`cases/${suite}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StepsCase);
}

/** Runs a recorded case in an empty folder of its own, from logging's initial state. */
export async function runSteps(testCase: StepsCase): Promise<Outcome> {
  // The recorded cases do not ask whether a level was known.
  const isAsked = (step: Step) => step.op !== 'setLevel';
  const outcome = runProgram(testCase.steps, isAsked);
  return testCase.want.files === null ? { ...outcome, files: null } : outcome;
}

/** Runs steps in an empty folder of their own, from logging's initial state. */
export function runProgram(program: readonly Step[], isAsked: (step: Step) => boolean = () => true): Outcome {
  const directory = mkdtempSync(join(tmpdir(), 'conformance-'));
  resetLoggingAsPython();
  try {
    const steps = JSON.parse(JSON.stringify(program).replaceAll('@DIR@', directory)) as Step[];
    const { result, text } = captureStderr(() => {
      const values = steps
        .map((step) => ({ value: runStep(step), isAsked: isAsked(step) }))
        .filter((answer) => answer.isAsked && answer.value !== NOTHING)
        .map((answer) => answer.value);
      // Every handler of these cases is synchronous, so this is done when it returns its promise.
      void shutdown();
      return values;
    });
    return {
      values: result,
      files: readFiles(directory),
      logging_errors: text.split('--- Logging error ---').length - 1,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const NOTHING = Symbol('nothing to compare');

function runStep(step: Step): unknown {
  const logger = getLogger(step.logger as string);
  switch (step.op) {
    case 'dictConfig':
      return succeeds(() => dictConfig(withPythonBytes(step.config as LoggingConfig)));
    case 'basicConfig':
      return succeeds(() => basicConfig(step.options as object));
    case 'log': {
      const args = Array.isArray(step.args) ? step.args : [step.args];
      const level = step.level as number | 'info';
      try {
        if ('extra' in step)
          logWithKeyword(
            logger,
            findLevel(String(level).toUpperCase()) ?? Number(level),
            step.msg,
            args,
            step.extra,
          );
        else if (typeof level === 'number') logger.log(level, step.msg, ...args);
        else logger[level](step.msg, ...args);
      } catch (error) {
        if ((error as LoggingError).code === 'ERR_LOGGING_EXTRA_CLASH') return 'clash';
        throw error;
      }
      return 'extra' in step ? 'logged' : NOTHING;
    }
    case 'adapter':
      new LoggerAdapter(logger, step.fields as object as Fields).log(step.level as number, step.msg, {
        extra: { call: 1 },
      });
      return NOTHING;
    case 'setLevel':
      return succeeds(() => logger.setLevel(step.level as string));
    case 'disabled':
      logger.disabled = step.value as boolean;
      return NOTHING;
    case 'removeHandler':
      if (logger.handlers[0] !== undefined) logger.removeHandler(logger.handlers[0]);
      return logger.handlers.length;
    case 'moveHandler': {
      const handler = getHandlerByName(step.handler as string);
      if (handler !== undefined) logger.addHandler(handler);
      return logger.handlers.length;
    }
    case 'parent':
      return logger.parent?.name ?? null;
    case 'propagate':
      logger.propagate = step.value as boolean;
      return NOTHING;
    case 'disable':
      disable(step.level as number);
      return NOTHING;
    case 'addLevelName':
      addLevelName(step.level as number, step.name as string);
      return NOTHING;
    case 'isEnabledFor':
      return logger.isEnabledFor(step.level as number);
    case 'effective':
      return logger.getEffectiveLevel();
    case 'getLevelName':
      return getLevelName(step.level as number);
    case 'child':
      return logger.getChild(step.suffix as string).name;
    case 'hasHandlers':
      return logger.hasHandlers();
    case 'handlerNames':
      return [...getHandlerNames()].sort();
    default:
      throw new Error(`unknown step ${step.op}`);
  }
}

function succeeds(action: () => unknown): 'ok' | 'error' {
  try {
    action();
    return 'ok';
  } catch {
    return 'error';
  }
}

/** Formatters of Python's make no difference between safe and unsafe text; ours have an option not to. */
function withPythonBytes(config: LoggingConfig): LoggingConfig {
  const formatters = config.formatters;
  if (typeof formatters !== 'object' || formatters === null) return config;
  const plain = Object.entries(formatters).map(([name, entry]) => [name, { ...entry, sanitize: 'none' }]);
  return { ...config, formatters: Object.fromEntries(plain) };
}

function readFiles(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => statSync(join(directory, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

/** Python's `extra` is a keyword argument, which a placeholder without a value never takes. */
function logWithKeyword(
  logger: Logger,
  levelno: number,
  msg: unknown,
  args: unknown[],
  extra: unknown,
): void {
  if (!logger.isEnabledFor(levelno)) return;
  const call = readCall(msg, args, false);
  addFields(call, extra as Fields);
  logger.logRead(logWithKeyword, levelno, call);
}
