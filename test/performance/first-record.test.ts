import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Handler } from '../../lib/core/handler.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { FileHandler } from '../../lib/handlers/file/file.handler.js';
import { resetLogging } from '../support/reset-logging.js';

const loader = new URL('../support/ts-loader.mjs', import.meta.url).href;
const worker = fileURLToPath(new URL('../support/first-record-worker.ts', import.meta.url));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'logging-first-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the first record of a process', () => {
  // The engine compiles a function when it is first called, which takes longer than to run it. A tenth more than there
  // were when the bounds were set, Node's own among them.
  it.each([
    ['line by line', 0, 61],
    ['in batches', 16_384, 80],
  ])('needs few functions that no call needed before, %s', (_how, bufferSize, bound) => {
    const functions = functionsOfFirstRecord(bufferSize);
    expect(functions).toContain('emit');
    expect(functions.length).toBeLessThan(bound);
  });

  it('loads no module of Node, though it is buffered and the process may end by a signal', () => {
    resetLogging();
    const load = jest.spyOn(process, 'getBuiltinModule');
    const before = process.listenerCount('SIGTERM');
    const handler = new FileHandler({ filename: path.join(directory, 'loads.log'), bufferSize: 16_384 });
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    logger.addHandler(handler);
    logger.info('order paid');
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    expect(load).not.toHaveBeenCalled();
    handler.close();
    resetLogging();
    jest.restoreAllMocks();
  });

  it('has its time written without the slow first toISOString', () => {
    resetLogging();
    const write = jest.spyOn(Date.prototype, 'toISOString');
    const lines: string[] = [];
    class LineHandler extends Handler {
      emit(record: LogRecord): void {
        lines.push(this.format(record));
      }
    }
    const logger = getLogger('shop');
    logger.setLevel('INFO');
    logger.addHandler(new LineHandler({ formatter: new JsonFormatter() }));
    logger.info('order paid', { extra: { at: new Date(86_400_000) } });
    expect(lines).toEqual([expect.stringContaining('"at":"1970-01-02T00:00:00.000Z"')]);
    expect(write).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    resetLogging();
  });

  /** Names of the functions that ran for the first time. */
  function functionsOfFirstRecord(bufferSize: number): string[] {
    const log = path.join(directory, `functions-${bufferSize}.log`);
    const task = JSON.stringify({ filename: path.join(directory, 'app.log'), bufferSize });
    const flags = ['--log-function-events', '--no-logfile-per-isolate', `--logfile=${log}`];
    const { status, stderr } = spawnSync(process.execPath, [...flags, '--import', loader, worker, task], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    // A later V8 notes the first run of some only, and that the others are compiled. By script and place: names repeat.
    const events = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /^function,(?:interpreter|first-execution),/.test(line))
      .map((line) => line.split(','));
    const begin = events.findLastIndex((event) => event.at(-1) === 'beforeFirstRecord');
    const end = events.findIndex((event) => event.at(-1) === 'afterFirstRecord');
    if (begin < 0 || end < begin) throw new Error('the engine does not log the functions that it runs');
    const run = events
      .slice(begin + 1, end)
      .map((event) => [event.slice(2, 5).join(), event.at(-1) ?? ''] as const);
    return [...new Map(run).values()];
  }
});
