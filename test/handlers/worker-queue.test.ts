import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueueHandler } from '../../lib/handlers/queue.handler.js';

const loader = new URL('../support/ts-loader.mjs', import.meta.url).href;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'worker-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program with a QueueHandler on the root whose file handler is in a worker thread; `FOLDER` is the test's. */
function run(program: string, file = 'out.log'): { stdout: string; stderr: string; lines: string[] } {
  const script = path.join(folder, 'script.ts');
  writeFileSync(
    script,
    `import { mkdirSync, rmSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { dictConfig, getLogger, shutdown } from 'nestjs-logging/core';
    const FOLDER = ${JSON.stringify(folder)};
    const { handlers } = dictConfig({
      version: 1,
      handlers: {
        queue: {
          class: 'logging.handlers.QueueHandler',
          respect_handler_level: true,
          worker: {
            formatters: { line: { format: '%(threadName)s %(filename)s %(levelname)s %(message)s %(user)s', defaults: { user: '-' } } },
            handlers: {
              memory: { class: 'logging.handlers.MemoryHandler', capacity: 1, target: 'file' },
              file: { class: 'logging.FileHandler', filename: FOLDER + '/${file}', formatter: 'line', level: 'INFO' },
            },
          },
        },
      },
      root: { level: 'DEBUG', handlers: ['queue'] },
    });
    const logger = getLogger('shop');
    const queue = handlers.get('queue');
    ${program}`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', loader, script], { encoding: 'utf8' });
  const text = readFileSync(path.join(folder, file), 'utf8');
  return { stdout, stderr, lines: text.trim().split('\n') };
}

const LOG =
  'for (let count = 0; count < 5000; count++) logger.info("record %d", count, { extra: { user: "ann" } });';

describe('a QueueHandler whose handlers are in a worker thread', () => {
  it.each(['', 'process.exit(0);', 'await shutdown();', 'throw new Error("end");'])(
    'loses nothing when the process ends by: %s',
    (ending) => {
      const { lines } = run(`${LOG} ${ending}`);
      expect(lines).toHaveLength(5_000);
      expect(lines[0]).toBe('MainThread script.ts INFO record 0 ann');
      expect(lines.at(-1)).toBe('MainThread script.ts INFO record 4999 ann');
    },
  );

  it('takes any record: errors, functions, cycles', () => {
    const { lines, stderr } = run(`
      const cycle = { f: () => 1 };
      cycle.self = cycle;
      logger.error('%s', cycle, { extra: { user: cycle } });
      logger.exception('failed', new TypeError('no'));
      await queue.flush();
      console.log(JSON.stringify(queue.stats));`);
    expect(stderr).toBe('');
    expect(lines[0]).toContain('[Circular');
    expect(lines[1]).toBe('MainThread script.ts ERROR failed -');
    expect(lines[2]).toContain('TypeError: no');
  });

  it('keeps records while the worker cannot start, reports why, and starts it again', () => {
    // A file where a folder should be.
    writeFileSync(path.join(folder, 'later'), '');
    const { lines, stderr, stdout } = run(
      `logger.info('early');
      await new Promise((resolve) => {
        const write = process.stderr.write.bind(process.stderr);
        process.stderr.write = (text) => {
          resolve();
          return write(text);
        };
      });
      rmSync(FOLDER + '/later');
      mkdirSync(FOLDER + '/later');
      while (queue.stats.delivered < 1) await delay(20);
      await shutdown();
      console.log(JSON.stringify(queue.stats));`,
      'later/out.log',
    );
    expect(lines).toEqual(['MainThread script.ts INFO early -']);
    expect(stderr).toContain('handlers.file');
    expect(stderr.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ emitted: 1, delivered: 1, dropped: 0 });
  });
});

describe("a worker's configuration", () => {
  it('is plain data, and excludes handlers of this thread', () => {
    const handlers = { file: { class: class Mine {} } };
    expect(() => new QueueHandler({ worker: { handlers } })).toThrow('a class cannot go to a worker thread');
    expect(() => new QueueHandler({ worker: { handlers: {} }, handlers: [] })).toThrow(
      'either in this thread or in a worker',
    );
    expect(() => new QueueHandler({ worker: {} as never })).toThrow('worker.handlers: missing');
  });
});
